/** The list of what is to do: a card for each handoff, those that need the agent first. */

import { need } from "./desk_alerts.js";
import { attempt } from "./desk_calls.js";
import { choose } from "./desk_chat.js";
import { $, REASONS, ago, desk, element, redraw } from "./desk_page.js";

const rank = (handoff) => (handoff.mine ? 0 : need(handoff) ? 1 : 2); // one's own chats keep their places

export function whose(handoff) {
  if (handoff.follow_up) return "to follow up";
  return handoff.mine ? "with you" : handoff.agent ? `with ${handoff.agent}` : "";
}

export const summary = (handoff) => `${handoff.kind === "message" ? "Message" : "Chat"} ${whose(handoff)}`.trim();

export function there(handoff) {
  if (handoff.kind === "message") return "";
  if (handoff.typing && handoff.here) return "typing …";
  return handoff.here ? "here" : handoff.seen_at ? `away for ${ago(handoff.seen_at)}` : "";
}

export function drawCards() {
  const handoffs = desk.handoffs.toSorted((one, other) => rank(one) - rank(other));
  $("none").hidden = handoffs.length > 0;
  const focused = document.activeElement?.closest?.("#queue button")?.dataset.id;
  const cards = handoffs.map((handoff) => [
    handoff.id,
    summary(handoff),
    need(handoff),
    [handoff.state === "accepted" && handoff.waiting_since && `no answer for ${ago(handoff.waiting_since)}`, there(handoff)].filter(Boolean).join(" · "),
    handoff.last_words,
    [handoff.reference, REASONS[handoff.reason], ...handoff.topics].join(" · "),
  ]);
  const drawn = redraw($("queue"), [desk.chosen, cards], () => cards.map(card));
  if (drawn && focused) ($("queue").querySelector(`[data-id="${focused}"]`) || $("queue-title")).focus();
}

function card([id, what, needs, times, words, rest]) {
  const button = element("button", { type: "button", onclick: () => attempt(() => choose(id)) });
  button.dataset.id = id;
  button.setAttribute("aria-current", String(id === desk.chosen));
  const top = element("span", { className: "top" }, element("strong", {}, what));
  if (needs) top.append(element("span", { className: "mark" }, needs));
  button.append(top);
  if (times) button.append(element("span", { className: "times" }, times));
  if (words) button.append(element("q", {}, words));
  button.append(element("small", {}, rest));
  return element("li", {}, button);
}

/** Go to the next card, or the one before. */
export function step(by) {
  const ids = [...$("queue").querySelectorAll("button")].map((button) => button.dataset.id);
  if (!ids.length) return;
  const at = ids.indexOf(desk.chosen);
  const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length;
  attempt(() => choose(ids[next]));
}
