/** The desk: asks the server every two seconds what there is to do, and shows it. The token lasts as long as the tab. */

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
let token = sessionStorage.getItem("desk") || "";
let chosen = ""; // id of the handoff that is shown
let known = null; // ids that were in the queue before; null until it was read once
let drawn = ""; // what the log shows, so that it is only touched when something is new
let typedAt = 0;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const headers = { Authorization: `Bearer ${token}` };
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

/** Do something that an agent asked for; what goes wrong is told. */
async function attempt(action) {
  try {
    await action();
    $("alert").textContent = "";
  } catch (problem) {
    $("alert").textContent = problem instanceof Refused ? problem.message : "The server cannot be reached. Trying again …";
    if (problem.status === 401) signOut();
  }
}

function signOut() {
  token = "";
  sessionStorage.removeItem("desk");
  $("desk").hidden = true;
  $("login").hidden = false;
  $("token").focus();
}

async function look() {
  const { agent, handoffs, canned } = await call("GET", "queue");
  $("login").hidden = true;
  $("desk").hidden = false;
  $("who").textContent = agent;
  if ($("canned").options.length === 1) $("canned").append(...canned.map((text) => element("option", { value: text }, text)));
  drawQueue(handoffs);
  announce(handoffs);
  if (chosen) await show(await call("GET", `handoffs/${chosen}`));
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
  if (focused) $("queue").querySelector(`[data-id="${focused}"]`)?.focus();
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
  chosen = id;
  drawn = "";
  await show(await call("GET", `handoffs/${id}`));
  $("chat-title").focus();
}

async function act(path, body) {
  await show(await call("POST", `handoffs/${chosen}/${path}`, body));
  await look();
}

function show(handoff) {
  const isMine = handoff.mine && handoff.state === "accepted";
  $("chat").hidden = false;
  $("chat-title").textContent = `${handoff.reference}: ${summary(handoff)}`;
  const facts = [["Reason", REASONS[handoff.reason]], ["Asked about", handoff.topics.join(", ") || "nothing yet"]];
  if (handoff.note) facts.push(["Message", handoff.note]);
  if (handoff.contact) facts.push(["Reach them at", handoff.contact]);
  $("facts").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  if (handoff.messages) drawLog(handoff.messages);
  const actions = [];
  const button = (text, onclick, className = "") => actions.push(element("button", { type: "button", className, onclick: () => attempt(onclick) }, text));
  if (handoff.state === "requested") button(handoff.kind === "message" ? "Take this message" : "Join the chat", () => act("claim"));
  if (isMine) button(handoff.kind === "message" ? "Answered" : "End the chat", () => finish(false));
  if (isMine) button("Follow up later", () => finish(true), "second");
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
  chosen = "";
  $("chat").hidden = true;
  $("queue-title").tabIndex = -1;
  $("queue-title").focus();
  await look();
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  $("token").value = "";
  window.Notification?.requestPermission?.();
  attempt(async () => {
    await look();
    sessionStorage.setItem("desk", token);
    $("queue-title").tabIndex = -1;
    $("queue-title").focus();
  });
});
$("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  attempt(async () => {
    await act("messages", { text });
    $("text").value = "";
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
setInterval(() => token && attempt(look), SECONDS * 1000);
if (token) attempt(look);
