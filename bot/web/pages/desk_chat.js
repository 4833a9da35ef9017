/** The handoff that is shown: who it is, what was said, notes, and what can be done with it. */

import { attempt, call } from "./desk_calls.js";
import { drawCards, summary, there } from "./desk_cards.js";
import { drawOptouts } from "./desk_optouts.js";
import { $, REASONS, ask, clock, day, desk, element, redraw, tell } from "./desk_page.js";
import { drawReply, keepDraft, restoreDraft } from "./desk_reply.js";

const NAMES = { bot: "Assistant", agent: "Support", visitor: "Shopper", system: "Note" };
const seen = {}; // id of the last message that the server knows to be seen, by handoff
let wantsDetails = matchMedia("(min-width: 1150px)").matches;

export async function choose(id) {
  keepDraft();
  desk.chosen = id;
  restoreDraft();
  show(await call("GET", `handoffs/${id}`));
  ($("reply").hidden ? $("chat-title") : $("text")).focus();
}

/** Show no conversation any more, and keep nothing of it on the page. */
export function leave(text = "") {
  desk.chosen = "";
  desk.shown = null;
  for (const id of ["log", "facts", "notes", "actions", "records"]) {
    $(id).replaceChildren();
    delete $(id).dataset.drawn;
  }
  for (const id of ["text", "note", "address", "query"]) $(id).value = "";
  delete $("log").dataset.of;
  $("chat").hidden = true;
  $("desk").classList.remove("open");
  if (text) tell($("alert"), text);
}

/** Do something with the shown handoff. */
export async function act(path, body) {
  const id = desk.chosen;
  const told = await call("POST", `handoffs/${id}/${path}`, body);
  if (told?.messages) show(told);
  return told;
}

export function show(handoff) {
  if (handoff.id !== desk.chosen) return; // another one was chosen meanwhile
  desk.shown = handoff;
  const isMine = handoff.mine && handoff.state === "accepted";
  const card = isMine && !document.hidden ? { ...handoff, unread: 0 } : handoff; // it is being read
  desk.handoffs = desk.handoffs.map((one) => (one.id === handoff.id ? card : one));
  $("chat").hidden = false;
  $("desk").classList.add("open");
  tell($("chat-title"), handoff.reference);
  const over = handoff.ended_at ? `Ended ${day(handoff.ended_at)}` : summary(handoff);
  const loaded = handoff.loaded_at ? `page loaded again ${clock(handoff.loaded_at)}` : "";
  tell($("presence"), [over, handoff.ended_at ? "" : there(handoff), handoff.ended_at ? "" : loaded].filter(Boolean).join(" · "));
  drawFacts(handoff);
  drawLog(handoff.messages);
  drawNotes(handoff);
  drawActions(handoff, isMine);
  drawReply(handoff, isMine);
  drawOptouts(handoff, isMine);
  $("details").hidden = !wantsDetails;
  noteSeen(handoff, isMine);
  drawCards();
}

function drawFacts(handoff) {
  const facts = [["Reason", REASONS[handoff.reason]], ["Asked about", handoff.topics.join(", ") || "nothing yet"], ["Since", day(handoff.requested_at)]];
  if (handoff.note) facts.push(["Message", handoff.note]);
  if (handoff.contact) facts.push(["Reach them at", handoff.contact]);
  redraw($("facts"), facts, () => facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function drawLog(messages) {
  const log = $("log");
  const before = log.dataset.of === desk.chosen ? Number(log.dataset.count) : 0;
  if (!before) log.replaceChildren();
  const stays = log.scrollTop + log.clientHeight < log.scrollHeight - 60 && before;
  log.dataset.of = desk.chosen;
  log.dataset.count = messages.length;
  const mails = [...(desk.shown.mails ?? [])];
  const unsent = log.querySelector(".unsent");
  for (const message of messages.slice(before)) {
    const line = element("p", { className: message.from }, element("small", {}, `${NAMES[message.from]} ${clock(message.at)}: `), message.text);
    for (const source of message.sources) line.append(element("small", {}, `\nSource: ${source.section}`));
    log.insertBefore(line, unsent ?? log.querySelector(".mail"));
  }
  drawMails(log, mails);
  if (messages.length > before && !stays) log.scrollTop = log.scrollHeight;
}

function drawMails(log, mails) {
  const key = JSON.stringify(mails);
  if ((log.dataset.mails ?? "[]") === key && log.querySelectorAll(".mail").length === mails.length) return;
  log.dataset.mails = key;
  for (const old of log.querySelectorAll(".mail")) old.remove();
  const states = { queued: "on its way", sent: "sent", failed: "not delivered" };
  for (const mail of mails) {
    const state = `Mail of ${mail.agent}, ${day(mail.at)}, ${states[mail.state]}${mail.error ? ` (${mail.error})` : ""}: `;
    log.append(element("p", { className: `mail ${mail.state}` }, element("small", {}, state), mail.text));
  }
  log.scrollTop = log.scrollHeight;
}

function drawNotes(handoff) {
  redraw($("notes"), handoff.notes, () =>
    handoff.notes.map((note) => element("li", {}, element("small", {}, `${note.agent} ${day(note.at)}: `), note.text)));
}

function drawActions(handoff, isMine) {
  const isMessage = handoff.kind === "message";
  const wanted = [];
  if (handoff.state === "requested") wanted.push([isMessage ? "Take this message" : "Join the chat", "", () => act("claim")]);
  if (isMine) {
    wanted.push(["Pass on", "second", passOn]);
    wanted.push(isMessage ? ["Done", "second", () => finish(false)] : ["End the chat", "second", end]);
    if (isMessage) wanted.push(["Follow up later", "second", () => finish(true)]);
  }
  if (isMessage && handoff.state === "completed") {
    wanted.push([handoff.follow_up ? "Take it up" : "Open again", "second", () => act("reopen")]);
    if (handoff.follow_up) wanted.push(["Done", "second", () => finish(false)]);
  }
  wanted.push(["Details", "second", toggleDetails]);
  redraw($("actions"), [handoff.id, wanted.map(([text]) => text), wantsDetails], () =>
    wanted.map(([text, className, onclick]) => {
      const button = element("button", { type: "button", className, onclick: () => attempt(onclick) }, text);
      if (onclick === toggleDetails) button.setAttribute("aria-expanded", String(wantsDetails));
      return button;
    }));
}

function toggleDetails() {
  wantsDetails = !wantsDetails;
  show(desk.shown);
  [...$("actions").children].at(-1).focus();
}

async function end() {
  if (await ask("End this chat? The shopper is told, and the assistant answers again.", "End the chat")) await finish(false);
}

async function passOn() {
  const here = desk.colleagues.filter((one) => one.here && one.available).map((one) => [one.id, one.name]);
  const to = await ask("Pass this on? Whoever gets it sees the whole conversation and your notes.", "Pass on", [...here, ["", "The queue, for anybody"]]);
  if (to === null) return;
  await act("pass-on", { to: to || null });
  close();
}

async function finish(followUp) {
  await act("resolve", { follow_up: followUp });
  close();
}

function close() {
  desk.handoffs = desk.handoffs.filter((handoff) => handoff.id !== desk.chosen);
  $("text").value = "";
  keepDraft();
  leave();
  drawCards();
  $("queue-title").focus();
}

/** Tell the server what the agent sees, so that it is unread no more, here and on another machine. */
function noteSeen(handoff, isMine) {
  const last = handoff.messages.at(-1)?.id ?? 0;
  if (!isMine || document.hidden || !handoff.unread || seen[handoff.id] === last) return;
  seen[handoff.id] = last;
  call("POST", `handoffs/${handoff.id}/seen`, { message: last }).catch(() => delete seen[handoff.id]);
}

$("back").addEventListener("click", () => {
  keepDraft();
  leave();
  drawCards();
  ($("past").hidden ? $("queue-title") : $("past-title")).focus();
});
$("annotate").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("note").value.trim();
  if (!text) return;
  attempt(async () => {
    await act("notes", { text });
    $("note").value = "";
  });
});
