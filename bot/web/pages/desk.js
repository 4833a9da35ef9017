/** The desk: asks the server every two seconds what there is to do, and shows it. The server keeps the session in a cookie. */

const SECONDS = 2;
const REASONS = {
  asked: "asked for a person",
  misunderstood: "was not understood",
  unanswered: "the policy does not say",
  complaint: "complains",
  access: "wants to see or delete data",
};
const NAMES = { bot: "Assistant", agent: "Support", visitor: "Shopper", system: "Note" };

const $ = (id) => document.getElementById(id);
const title = document.title;
const IDLE_SECONDS = 60; // without a touch of the page, its calls do not keep the session alive
let signedIn = false;
let touchedAt = Date.now();
let chosen = ""; // id of the handoff that is shown
let known = null; // ids that were in the queue before; null until it was read once
let drawn = ""; // what the log shows, so that it is only touched when something is new
let typedAt = 0;
let sending = false;
const drafts = {}; // what was begun to be answered, by handoff
const random = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const headers = {};
  if (Date.now() - touchedAt > IDLE_SECONDS * 1000) headers["X-Background"] = "1";
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(`/desk/${path}`, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  const said = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Refused(answer.status, said.error.message);
  return said;
}

function element(name, attributes, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

/** Do something that an agent asked for; what goes wrong is told, until the next thing is done. */
async function attempt(action) {
  tell($("alert"), "");
  try {
    await action();
  } catch (problem) {
    tell($("alert"), problem instanceof Refused ? problem.message : "The server cannot be reached. Please try again.");
    if (problem.status === 401) signOut();
  }
}

/** Look again by itself; an agent's own problems stay on the screen meanwhile. */
async function poll() {
  try {
    await look();
    tell($("lost"), "");
  } catch (problem) {
    if (problem.status === 401) signOut();
    if (problem.status === 404) leave("The shopper has deleted the conversation.");
    else tell($("lost"), "The server cannot be reached. Trying again …");
  }
}

function tell(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Show no conversation any more, and keep nothing of it on the page. */
function leave(text = "") {
  delete drafts[chosen];
  chosen = "";
  drawn = "";
  $("text").value = "";
  $("log").replaceChildren();
  $("facts").replaceChildren();
  $("chat").hidden = true;
  if (text) tell($("alert"), text);
}

function signOut() {
  leave();
  signedIn = false;
  $("desk").hidden = true;
  $("login").hidden = false;
  $("token").focus();
}

async function look() {
  const { agent, handoffs, canned } = await call("GET", "queue");
  signedIn = true;
  $("login").hidden = true;
  $("desk").hidden = false;
  $("who").textContent = agent;
  if ($("canned").options.length === 1) $("canned").append(...canned.map((text) => element("option", { value: text }, text)));
  drawQueue(handoffs);
  announce(handoffs);
  if (chosen) show(await call("GET", `handoffs/${chosen}`));
}

function minutes(since) {
  const passed = Math.max(0, Math.round((Date.now() - new Date(since)) / 60_000));
  return passed < 1 ? "just now" : passed < 120 ? `${passed} min` : `${Math.round(passed / 60)} h`;
}

function summary(handoff) {
  const what = handoff.kind === "message" ? "Message" : handoff.state === "requested" ? "Waits in the chat" : "In the chat";
  const whose = handoff.follow_up ? "to follow up" : handoff.mine ? "with you" : handoff.agent ? `with ${handoff.agent}` : "nobody yet";
  return `${what}, ${minutes(handoff.requested_at)}, ${whose}`;
}

function drawQueue(handoffs) {
  $("none").hidden = handoffs.length > 0;
  const now = JSON.stringify([chosen, handoffs.map((handoff) => [handoff.id, summary(handoff)])]);
  if ($("queue").dataset.drawn === now) return; // so that no click, selection or focus is lost
  $("queue").dataset.drawn = now;
  const focused = document.activeElement?.dataset?.id;
  $("queue").replaceChildren(
    ...handoffs.map((handoff) => {
      const button = element("button", { type: "button", onclick: () => attempt(() => choose(handoff.id)) }, summary(handoff));
      button.dataset.id = handoff.id;
      button.setAttribute("aria-current", String(handoff.id === chosen));
      button.append(element("small", {}, [handoff.reference, REASONS[handoff.reason], ...handoff.topics].join(" · ")));
      return element("li", {}, button);
    }),
  );
  if (focused) ($("queue").querySelector(`[data-id="${focused}"]`) || $("queue-title")).focus();
}

/** Say what is new in the queue: in the title, to a screen reader, and on the desktop if that is allowed. */
function announce(handoffs) {
  const waiting = handoffs.filter((handoff) => handoff.state === "requested");
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
  const fresh = waiting.filter((handoff) => known && !known.has(handoff.id));
  known = new Set(handoffs.map((handoff) => handoff.id));
  if (!fresh.length) return;
  const text = `New at the desk: ${REASONS[fresh[0].reason]}`;
  $("news").textContent = text;
  if (window.Notification?.permission === "granted" && document.hidden) new Notification(text);
}

async function choose(id) {
  if (chosen) drafts[chosen] = $("text").value;
  chosen = id;
  drawn = "";
  $("text").value = drafts[id] || "";
  show(await call("GET", `handoffs/${id}`));
  $("chat-title").focus();
}

async function act(path, body) {
  show(await call("POST", `handoffs/${chosen}/${path}`, body));
  poll();
}

function show(handoff) {
  if (handoff.id !== chosen) return; // another one was chosen meanwhile
  const isMine = handoff.mine && handoff.state === "accepted";
  $("chat").hidden = false;
  $("chat-title").textContent = `${handoff.reference}: ${summary(handoff)}`;
  const facts = [["Reason", REASONS[handoff.reason]], ["Asked about", handoff.topics.join(", ") || "nothing yet"]];
  if (handoff.note) facts.push(["Message", handoff.note]);
  if (handoff.contact) facts.push(["Reach them at", handoff.contact]);
  if ($("facts").dataset.drawn !== JSON.stringify(facts)) $("facts").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  $("facts").dataset.drawn = JSON.stringify(facts);
  if (handoff.messages) drawLog(handoff.messages);
  const actions = [];
  const button = (text, onclick, className = "") => actions.push(element("button", { type: "button", className, onclick: () => attempt(onclick) }, text));
  if (handoff.state === "requested") button(handoff.kind === "message" ? "Take this message" : "Join the chat", () => act("claim"));
  if (isMine) button(handoff.kind === "message" ? "Answered" : "End the chat", () => finish(false));
  if (isMine && handoff.kind === "message") button("Follow up later", () => finish(true), "second");
  if (handoff.follow_up && handoff.mine && handoff.state === "completed") button("Done", () => finish(false));
  if (drawn !== actions.map((made) => made.textContent).join() + handoff.id) {
    drawn = actions.map((made) => made.textContent).join() + handoff.id;
    $("actions").replaceChildren(...actions);
  }
  $("reply").hidden = !isMine || handoff.kind === "message";
}

function drawLog(messages) {
  const log = $("log");
  const before = log.dataset.of === chosen ? log.children.length : 0;
  if (!before) log.replaceChildren();
  log.dataset.of = chosen;
  for (const message of messages.slice(before)) {
    const line = element("p", { className: message.from }, element("small", {}, `${NAMES[message.from]}: `), message.text);
    for (const source of message.sources) line.append(element("small", {}, `\nSource: ${source.section}`));
    log.append(line);
  }
  if (messages.length > before) log.scrollTop = log.scrollHeight;
}

async function finish(followUp) {
  await call("POST", `handoffs/${chosen}/resolve`, { follow_up: followUp });
  leave();
  $("queue-title").focus();
  poll();
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = $("token").value;
  $("token").value = "";
  window.Notification?.requestPermission?.();
  attempt(async () => {
    await call("POST", "session", { token });
    await look();
    $("queue-title").focus();
  });
});
$("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || sending) return;
  sending = true;
  $("text").value = "";
  attempt(async () => {
    const body = { text, client_id: random() }; // however often it arrives, it is one message
    await act("messages", body).catch((problem) => (problem instanceof Refused ? Promise.reject(problem) : act("messages", body)));
  }).then(() => {
    if ($("alert").textContent) $("text").value = [text, $("text").value].filter(Boolean).join("\n");
    sending = false;
  });
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("reply").requestSubmit();
  } else if (Date.now() - typedAt > 3000) {
    typedAt = Date.now();
    call("POST", `handoffs/${chosen}/typing`).catch(() => {});
  }
});
$("canned").addEventListener("change", () => {
  $("text").value = [$("text").value, $("canned").value].filter(Boolean).join(" ");
  $("canned").value = "";
  $("text").focus();
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (touchedAt = Date.now()), { capture: true });
setInterval(() => signedIn && poll(), SECONDS * 1000);
look().catch(() => $("token").focus()); // who has a session need not sign in again
