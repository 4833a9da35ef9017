/** Opt-outs for the shopper in the chat: recorded, looked up and undone in the same ledger. */

import { attempt, call } from "./desk_calls.js";
import { $, ask, day, desk, element, redraw, tell } from "./desk_page.js";

const ADDRESS = /[^\s<>"'()[\],;:]+@[^\s<>"'()[\],;:]+\.[a-z]{2,}|\[email-\d+\]/gi;
const chosenKinds = () => [...$("optouts").querySelectorAll("[name=kind]:checked")].map((box) => box.value);

export function drawOptouts(handoff, isMine) {
  $("optouts").hidden = !isMine || handoff.kind !== "live";
  if ($("optouts").dataset.of !== handoff.id) forget(handoff.id);
  const said = handoff.messages.filter((message) => message.from === "visitor").map((message) => message.text).join(" ");
  const known = [...new Set(said.match(ADDRESS) ?? [])];
  redraw($("addresses"), known, () => known.map((value) => element("option", { value })));
  fit();
}

function forget(id) {
  $("optouts").dataset.of = id;
  $("optouts").reset();
  $("records").replaceChildren();
  tell($("looked"), "");
}

/** Without an address, only what the browser itself carries out can be stopped. */
function fit() {
  for (const box of $("optouts").querySelectorAll("[name=kind]:not([data-browser])")) {
    box.disabled = !$("address").value.trim();
    if (box.disabled) box.checked = false;
  }
}

async function record() {
  const told = await call("POST", `handoffs/${desk.chosen}/optouts/record`, { kinds: chosenKinds(), address: $("address").value.trim() });
  const words = told.status === "known" ? "On record already" : "Recorded, and the shopper is told";
  forget(desk.chosen);
  fit();
  tell($("looked"), `${words}: ${told.reference}, ${told.what}.`);
}

async function lookUp() {
  const { records } = await call("POST", `handoffs/${desk.chosen}/optouts/lookup`, { query: $("query").value.trim() });
  tell($("looked"), records.length ? `${records.length} on record.` : "Nothing is on record.");
  $("records").replaceChildren(...records.map(entry));
}

function entry(one) {
  const line = element("li", {}, element("strong", {}, one.reference), ` ${one.what}: ${one.status.replace("_", " ")}, ${day(one.received_at)}, by ${one.channel.replace("_", " ")} `);
  if (one.action === "opt_out" && !["revoked", "denied"].includes(one.status)) {
    line.append(element("button", { type: "button", className: "second", ariaLabel: `Undo ${one.reference}`, onclick: () => attempt(() => undo(one)) }, "Undo"));
  }
  return line;
}

async function undo(one) {
  if (!(await ask(`Undo ${one.reference}? The shopper is told.`, "Undo it"))) return;
  const told = await call("POST", `handoffs/${desk.chosen}/optouts/undo`, { reference: one.reference });
  await lookUp();
  tell($("looked"), told.status === "unconfirmed" ? `Noted as ${told.reference}: the owner of the address must confirm it.` : `Undone: ${told.reference}.`);
}

$("address").addEventListener("input", fit);
$("record").addEventListener("click", () => attempt(record));
$("lookup").addEventListener("click", () => attempt(lookUp));
$("optouts").addEventListener("submit", (event) => event.preventDefault());
$("query").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  attempt(lookUp);
});
