/** Small tools of the page of the desk. */

export const $ = (id) => document.getElementById(id);

export const REASONS = {
  asked: "asked for a person",
  misunderstood: "was not understood",
  unanswered: "the policy does not say",
  complaint: "complains",
  access: "wants to see or delete data",
};

/** What the modules share: who is signed in, and what is shown. */
export const desk = {
  signedIn: false,
  chosen: "", // id of the handoff that is shown
  shown: null, // that handoff, as the server told it last
  handoffs: [],
  colleagues: [],
  mail: false,
};

export function element(name, attributes, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

/** Change a text only if it is another one, so that a screen reader says nothing twice. */
export function tell(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Draw again only what has changed, so that no click, selection or focus is lost. */
export function redraw(place, key, draw) {
  const now = JSON.stringify(key);
  if (place.dataset.drawn === now) return false;
  place.dataset.drawn = now;
  place.replaceChildren(...draw());
  return true;
}

export function ago(since) {
  const passed = Math.max(0, (Date.now() - new Date(since)) / 60_000);
  if (passed < 1) return "under 1 min";
  return passed < 120 ? `${Math.round(passed)} min` : passed < 2880 ? `${Math.round(passed / 60)} h` : `${Math.round(passed / 1440)} days`;
}

export const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
export const day = (at) => new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
export const random = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** Ask in a dialog; answers the chosen value, or null for no. */
export function ask(text, yes, choices = null) {
  const dialog = $("asking");
  $("asking-text").textContent = text;
  $("asking-yes").textContent = yes;
  $("asking-choice").hidden = !choices;
  $("asking-select").replaceChildren(...(choices ?? []).map(([value, title]) => element("option", { value }, title)));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.onclose = () => answer(dialog.returnValue === "yes" ? (choices ? $("asking-select").value : "yes") : null);
  });
}
