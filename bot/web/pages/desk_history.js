/** The history: what is over, to search and to read as long as it is kept. */

import { attempt, call } from "./desk_calls.js";
import { drawCards } from "./desk_cards.js";
import { choose, leave } from "./desk_chat.js";
import { $, REASONS, day, element, tell } from "./desk_page.js";
import { keepDraft } from "./desk_reply.js";

let page = 0;

async function look(next = 0) {
  page = next;
  const asked = new URLSearchParams({ words: $("words").value.trim(), topic: $("topic").value, page });
  if ($("day").value) asked.set("day", $("day").value);
  const { handoffs, more } = await call("GET", `history?${asked}`);
  if (!page) $("results").replaceChildren();
  $("results").append(...handoffs.map(entry));
  $("more").hidden = !more;
  tell($("found"), $("results").children.length ? `${$("results").children.length}${more ? " or more" : ""} found.` : "Nothing was found.");
}

function entry(handoff) {
  const what = handoff.kind === "message" ? "Message" : "Chat";
  const button = element("button", { type: "button", onclick: () => attempt(() => choose(handoff.id)) }, element("strong", {}, `${what}, ${day(handoff.requested_at)}`));
  if (handoff.note) button.append(element("q", {}, handoff.note));
  button.append(element("small", {}, [handoff.reference, handoff.agent ?? "nobody", REASONS[handoff.reason], ...handoff.topics].join(" · ")));
  return element("li", {}, button);
}

/** Show the history in place of what is to do, or the other way round. */
export function showHistory(wanted) {
  keepDraft();
  leave();
  $("todo").hidden = wanted;
  $("past").hidden = !wanted;
  $("to-queue").setAttribute("aria-pressed", String(!wanted));
  $("to-history").setAttribute("aria-pressed", String(wanted));
  drawCards();
}

$("to-queue").addEventListener("click", () => showHistory(false));
$("to-history").addEventListener("click", () => {
  showHistory(true);
  attempt(() => look());
  $("words").focus();
});
$("search").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => look());
});
$("more").addEventListener("click", () => attempt(() => look(page + 1)));
