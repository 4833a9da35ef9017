/** The desk: asks the server every two seconds what there is to do, and shows it. */

import { announce, forgetAlerts } from "./desk_alerts.js";
import { forgetAnswers } from "./desk_answers.js";
import { attempt, call, isOver, whenSignedOut } from "./desk_calls.js";
import { drawCards, step } from "./desk_cards.js";
import { leave, show } from "./desk_chat.js";
import { showHistory } from "./desk_history.js";
import { $, ask, desk, tell } from "./desk_page.js";
import { flush, forgetDrafts, unsentCount } from "./desk_reply.js";

const clock = new Worker(new URL("./desk_clock.js", import.meta.url));
let looking = false;

async function look() {
  const asked = desk.chosen;
  const told = await call("GET", asked ? `queue?chat=${asked}` : "queue");
  desk.signedIn = true;
  const isSeen = (one) => one.id === desk.chosen && one.mine && !document.hidden;
  const handoffs = told.handoffs.map((one) => (isSeen(one) ? { ...one, unread: 0 } : one));
  Object.assign(desk, { handoffs, colleagues: told.colleagues, mail: told.mail });
  $("login").hidden = true;
  $("desk").hidden = $("controls").hidden = false;
  tell($("who"), told.agent);
  $("away").checked = !told.available;
  if (asked && asked === desk.chosen) {
    if (told.chat) show(told.chat);
    else leave("The shopper has deleted the conversation.");
  }
  drawCards();
  announce(handoffs);
}

/** Look again by itself; an agent's own problems stay on the screen meanwhile. */
async function poll() {
  if (looking) return;
  looking = true;
  try {
    await look();
    tell($("lost"), "");
    await flush();
  } catch (problem) {
    if (!isOver(problem)) tell($("lost"), "The server cannot be reached. Trying again …");
  } finally {
    looking = false;
  }
}

async function signOut() {
  const mine = desk.handoffs.filter((one) => one.mine && one.state === "accepted" && one.kind === "live").length;
  const lost = unsentCount() ? " What you wrote last is not sent yet." : "";
  if (mine || lost) {
    const chats = mine === 1 ? "A shopper is with you and goes" : `${mine} shoppers are with you and go`;
    if (!(await ask(`Sign out?${mine ? ` ${chats} to a colleague, or leaves a message.` : ""}${lost}`, "Sign out"))) return;
  }
  await call("DELETE", "presence");
  await call("DELETE", "session");
  end();
}

/** Show the sign-in, and keep nothing on the page. */
function end() {
  leave();
  forgetDrafts();
  forgetAnswers();
  forgetAlerts();
  showHistory(false);
  desk.signedIn = false;
  desk.handoffs = [];
  $("queue").replaceChildren();
  $("results").replaceChildren();
  $("search").reset();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  tell($("lost"), "");
  $("desk").hidden = $("controls").hidden = true;
  $("login").hidden = false;
  $("token").focus();
}

whenSignedOut(end);
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
$("sign-out").addEventListener("click", () => attempt(signOut));
$("away").addEventListener("change", () => attempt(() => call("POST", "presence", { available: !$("away").checked })));
addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !event.altKey || !desk.signedIn || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  step(by);
});
document.addEventListener("visibilitychange", () => desk.signedIn && !document.hidden && poll());
clock.onmessage = () => desk.signedIn && poll();
look().catch(() => $("token").focus()); // who has a session need not sign in again
