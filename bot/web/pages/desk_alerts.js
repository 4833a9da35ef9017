/** Marks of what needs the agent: in the title, by a sound, to a screen reader, and on the desktop. */

import { $, REASONS, ago, element } from "./desk_page.js";

const title = document.title;
const KEPT = "desk sound";
let known = null; // what needed the agent before; null until it was read once
let audio = null;

/** What a handoff needs of this agent, in words; empty if nothing. */
export function need(handoff) {
  if (handoff.state === "requested") return `${handoff.kind === "message" ? "new since" : "waits"} ${ago(handoff.requested_at)}`;
  if (handoff.mail_failed && handoff.mine) return "mail not delivered";
  if (handoff.mine && handoff.state === "accepted" && handoff.unread) return `${handoff.unread} unread`;
  return "";
}

export function announce(handoffs) {
  const needy = handoffs.filter(need);
  document.title = needy.length ? `(${needy.length}) ${title}` : title;
  const now = new Map(needy.map((handoff) => [`${handoff.id} ${handoff.state} ${handoff.unread}`, handoff]));
  const fresh = [...now].filter(([key]) => known && !known.has(key)).map(([, handoff]) => handoff);
  known = new Set(now.keys());
  if (!fresh.length) return;
  const [first] = fresh;
  const text = first.mine ? `${first.reference}: ${need(first)}` : `New at the desk: ${REASONS[first.reason]}`;
  $("news").replaceChildren(element("span", {}, text));
  if ($("sound").checked) beep();
  if (window.Notification?.permission === "granted" && document.hidden) new Notification(text, { tag: first.id });
}

export function forgetAlerts() {
  known = null;
  document.title = title;
}

/** Two short notes; browsers allow them after the first touch of the page. */
function beep() {
  audio ??= new AudioContext();
  audio.resume();
  [660, 880].forEach((pitch, place) => {
    const note = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0.08 });
    note.connect(volume).connect(audio.destination);
    note.start(audio.currentTime + place * 0.15);
    note.stop(audio.currentTime + place * 0.15 + 0.12);
  });
}

$("sound").checked = localStorage.getItem(KEPT) !== "off";
$("sound").addEventListener("change", () => {
  localStorage.setItem(KEPT, $("sound").checked ? "on" : "off");
  if ($("sound").checked) beep();
});
