// The review of a store's answers: a question, passages, the words that the bot would say.
// Keys: 1 2 3 choose a passage (with Shift: one more), n not said, s search, u undo, Esc back.

const VERDICTS = ["yes", "no", "conditions", "says"];
const key = location.hash.slice(1);
const byId = (id) => document.getElementById(id);
let frames = [];
let current = null; // the frame that is shown
let shown = []; // passages that digits choose from
let chosen = []; // of them, those of the answer

async function call(path, method = "GET", body = undefined) {
  byId("alert").textContent = "";
  const answer = await fetch(`/api/${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.detail || "That did not work. Is the command still running?");
  return content;
}

function guard(work) {
  return async (...given) => {
    try {
      await work(...given);
    } catch (error) {
      byId("alert").textContent = error.message;
    }
  };
}

function element(tag, text, name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function show(id) {
  for (const part of ["store", "frame", "end"]) byId(part).hidden = part !== id;
}

function progress(overview) {
  frames = overview.frames;
  const done = frames.filter((frame) => frame.verdict).length;
  byId("done").max = frames.length;
  byId("done").value = done;
  byId("count").textContent = `${done} of ${frames.length}`;
}

function fill(store) {
  for (const field of byId("store").elements) {
    if (!field.name) continue;
    if (field.name === "jurisdiction") {
      field.replaceChildren(...store.jurisdictions.map((law) => new Option({ us: "United States", eu: "European Union", uk: "United Kingdom" }[law] ?? law, law)));
    }
    field.value = store[field.name];
  }
}

function about() {
  show("store");
  byId("store").querySelector("h1").focus();
}

async function open(id) {
  current = await call(`frames/${id}`);
  const place = frames.findIndex((frame) => frame.id === id);
  byId("place").textContent = `Question ${place + 1} of ${frames.length} · ${id}`;
  byId("question").textContent = current.question;
  byId("standing").textContent = current.decision ? `Confirmed: ${current.decision}` : "";
  byId("opinion").textContent = current.said ? "Which passage answers it best?" : "The program thinks that the policy does not say. Is that so?";
  restart();
  show("frame");
  byId("question").focus();
}

// Back to the choice of a passage.
function restart() {
  byId("choose").hidden = false;
  byId("search").hidden = byId("leads").hidden = true;
  byId("found").replaceChildren();
  list(byId("candidates"), current.candidates);
}

function list(place, passages) {
  shown = passages;
  chosen = [];
  place.replaceChildren(...passages.map((passage, number) => {
    const button = document.createElement("button");
    button.type = "button";
    const title = document.createElement("span");
    title.append(element("kbd", number + 1), " ", element("span", passage.headings.slice(1).join(" › "), "path"));
    button.append(title);
    for (const text of passage.before) button.append(element("span", text, "around"));
    for (const quote of passage.quotes) button.append(element("span", quote.plain, "quote"));
    for (const text of passage.after) button.append(element("span", text, "around"));
    if (passage.reasons?.length) button.append(element("span", passage.reasons.join("; "), "why"));
    button.addEventListener("click", (event) => choose(number, event.shiftKey));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

function choose(number, more) {
  if (!shown[number]) return undefined;
  chosen = chosen.includes(number) ? chosen.filter((other) => other !== number) : [...chosen, number];
  const buttons = document.querySelectorAll(byId("search").hidden ? "#candidates button" : "#found button");
  buttons.forEach((button, place) => button.setAttribute("aria-pressed", String(chosen.includes(place))));
  return !more && chosen.length ? ask() : undefined;
}

const quotes = () => chosen.flatMap((number) => shown[number].quotes.map(({ text, headings }) => ({ text, headings })));

// The closed list of leads, each with all that the bot would say. Nothing is chosen beforehand.
const ask = guard(async () => {
  const words = await call(`words/${current.id}`, "POST", quotes());
  byId("lead-list").replaceChildren(...VERDICTS.map((verdict, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(element("kbd", number + 1), " ", words[verdict]);
    button.addEventListener("click", () => lead(verdict));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  byId("choose").hidden = byId("search").hidden = true;
  byId("leads").hidden = false;
  byId("condition").hidden = true;
  byId("leads-title").focus();
});

function lead(verdict) {
  if (verdict !== "conditions") return save(verdict, quotes());
  byId("condition").hidden = false;
  byId("condition-text").value = "";
  byId("condition-text").focus();
  return undefined;
}

const save = guard(async (verdict, taken, condition = "") => {
  progress(await call(`frames/${current.id}`, "POST", { verdict, quotes: taken, condition }));
  byId("news").textContent = `Saved: ${current.question}`;
  await advance();
});

async function advance() {
  const start = current ? frames.findIndex((frame) => frame.id === current.id) : -1;
  const waiting = [...frames.slice(start + 1), ...frames.slice(0, start + 1)].find((frame) => !frame.verdict);
  if (waiting) return open(waiting.id);
  show("end");
  byId("end").querySelector("h1").focus();
}

const step = guard(async (by) => {
  const place = frames.findIndex((frame) => frame.id === current.id);
  await open(frames[(place + by + frames.length) % frames.length].id);
});

const undo = guard(async () => {
  const answer = await call("undo", "POST");
  progress(answer);
  byId("news").textContent = answer.frame ? "The last decision is undone." : "There is nothing to undo.";
  if (answer.frame) await open(answer.frame);
});

const search = guard(async (event) => {
  event.preventDefault();
  list(byId("found"), await call(`search?words=${encodeURIComponent(byId("words").value)}`));
  byId("words").blur();
  byId("news").textContent = `${shown.length} passages found.`;
});

function openSearch() {
  byId("choose").hidden = true;
  byId("search").hidden = false;
  byId("words").value = "";
  byId("words").focus();
}

// Keys are taken one after another, so that a fast hand does not answer what is not shown yet.
let pending = Promise.resolve();

function onKey(event) {
  if (byId("frame").hidden && byId("end").hidden) return;
  const typing = event.target.matches("input, select") && event.key !== "Escape";
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const { key: pressed, code, shiftKey } = event;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1] ?? (/^[1-9]$/.test(pressed) ? pressed : null);
  if (!digit && !["u", "n", "s", "Escape", "ArrowLeft", "ArrowRight"].includes(pressed)) return;
  event.preventDefault();
  pending = pending.then(() => act(pressed, digit, shiftKey));
}

function act(pressed, digit, more) {
  const choosing = byId("leads").hidden;
  if (pressed === "Escape") return current && restart();
  if (!byId("condition").hidden && !choosing) return undefined; // words are being typed
  if (pressed === "u") return undo();
  if (byId("frame").hidden) return undefined;
  if (pressed === "ArrowRight") return step(1);
  if (pressed === "ArrowLeft") return step(-1);
  if (digit) return choosing ? choose(Number(digit) - 1, more) : VERDICTS[digit - 1] && lead(VERDICTS[digit - 1]);
  if (pressed === "n" && choosing) return save("not_said", []);
  if (pressed === "s" && choosing) return openSearch();
  return undefined;
}

document.addEventListener("keydown", onKey);
byId("not-said").addEventListener("click", () => save("not_said", []));
byId("open-search").addEventListener("click", openSearch);
byId("undo").addEventListener("click", undo);
byId("back").addEventListener("click", restart);
byId("previous").addEventListener("click", () => step(-1));
byId("next").addEventListener("click", () => step(1));
byId("about").addEventListener("click", about);
byId("search").addEventListener("submit", search);
byId("condition").addEventListener("submit", (event) => {
  event.preventDefault();
  save("conditions", quotes(), byId("condition-text").value);
});
byId("store").addEventListener("submit", guard(async (event) => {
  event.preventDefault();
  fill(await call("store", "PUT", Object.fromEntries(new FormData(byId("store")))));
  await advance();
}));

guard(async () => {
  const overview = await call("review");
  document.title = `Review – ${overview.store.name}`;
  progress(overview);
  fill(overview.store);
  about();
})();
