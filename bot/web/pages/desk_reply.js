/** The answer that is being written, and those on their way: a lost network delays them, no more. */

import { openAnswers } from "./desk_answers.js";
import { Refused, call, isOver } from "./desk_calls.js";
import { $, desk, element, random, tell } from "./desk_page.js";
import { show } from "./desk_chat.js";

const TYPING_MILLISECONDS = 3000;
const drafts = {}; // what was begun to be answered, by handoff
const outbox = []; // what is not sent yet, in order
let typedAt = 0;
let sending = false;

export function keepDraft() {
  if (desk.chosen) drafts[desk.chosen] = $("text").value;
}

export function restoreDraft() {
  $("text").value = drafts[desk.chosen] || "";
}

export function forgetDrafts() {
  for (const id of Object.keys(drafts)) delete drafts[id];
  outbox.length = 0;
}

export const unsentCount = () => outbox.length;

export function drawReply(handoff, isMine) {
  const byMail = handoff.kind === "message";
  const canMail = desk.mail && (handoff.contact ?? "").includes("@");
  $("reply").hidden = !isMine || (byMail && !canMail);
  tell($("reply-label"), byMail ? `Your answer by mail to ${handoff.contact}` : "Your answer");
  tell($("send"), byMail ? "Send the mail" : "Send");
  $("no-reply").hidden = !(isMine && byMail && !canMail);
  tell($("no-reply"), handoff.contact ? `Answer to ${handoff.contact}, then press Done.${desk.mail ? "" : " Mail from here is not set up."}` : "The shopper left no address or number.");
  drawUnsent();
}

/** Show what is not sent yet, below the conversation. */
function drawUnsent() {
  const log = $("log");
  const waiting = outbox.filter((one) => one.handoff === desk.chosen);
  const before = log.querySelector(".unsent");
  if ((before?.dataset.drawn ?? "") === waiting.map((one) => one.client_id).join()) return;
  before?.remove();
  if (!waiting.length) return;
  const box = element("div", { className: "unsent" }, ...waiting.map((one) => element("p", {}, element("small", {}, "Not sent yet: "), one.text)));
  box.dataset.drawn = waiting.map((one) => one.client_id).join();
  log.append(box);
  log.scrollTop = log.scrollHeight;
}

/** Send what is waiting, one after the other; however often something arrives, it counts once. */
export async function flush() {
  if (sending) return;
  sending = true;
  try {
    while (outbox.length) {
      const [next] = outbox;
      const told = await call("POST", `handoffs/${next.handoff}/${next.path}`, { text: next.text, client_id: next.client_id });
      outbox.shift();
      show(told);
    }
  } catch (problem) {
    if (problem instanceof Refused && problem.status < 500 && problem.status !== 429 && !isOver(problem)) giveBack(outbox.shift(), problem.message);
  } finally {
    sending = false;
    drawUnsent();
  }
}

/** Put a text that was refused back where it was written. */
function giveBack(refused, why) {
  tell($("alert"), why);
  const before = refused.handoff === desk.chosen ? $("text").value : drafts[refused.handoff];
  const text = [refused.text, before].filter(Boolean).join("\n");
  drafts[refused.handoff] = text;
  if (refused.handoff === desk.chosen) $("text").value = text;
}

$("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || !desk.shown) return;
  tell($("alert"), "");
  $("text").value = "";
  keepDraft();
  const path = desk.shown.kind === "message" ? "mails" : "messages";
  outbox.push({ handoff: desk.chosen, path, text, client_id: random() });
  drawUnsent();
  flush();
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && desk.shown?.kind !== "message") {
    event.preventDefault();
    $("reply").requestSubmit();
  } else if (event.key === "/" && !$("text").value) {
    event.preventDefault();
    openAnswers();
  } else if (!event.altKey && desk.shown?.kind === "live" && Date.now() - typedAt > TYPING_MILLISECONDS) {
    typedAt = Date.now();
    call("POST", `handoffs/${desk.chosen}/typing`).catch(() => {});
  }
});
$("choose").addEventListener("click", () => openAnswers());
