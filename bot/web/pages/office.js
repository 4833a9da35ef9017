/** The office: requests, one request, reports, and the figures of a year. The address after # says which. */

import { showReport, showYearly } from "/assets/office_reports.js";
import { $, element, Refused, send, table } from "/assets/staff.js";

const NAMES = JSON.parse($("names").textContent);
const named = (value) => NAMES[value] || value;
const VIEWS = ["requests", "request", "reports", "yearly"];
const FIELDS = ["kinds", "actions", "statuses", "channels"];
const DECISIONS = {
  fulfil: { title: "Fulfil", words: "How do you know that it is in force?", note: "It is noted as in force, with your name and these words." },
  deny: { title: "Deny", words: "More words", note: "Whoever has the reference can read the reason: nothing personal in it. The address comes off the suppression list, unless another request stops the same. You can reopen it later." },
  reopen: { title: "Reopen", words: "Why was the decision wrong?", note: "It is open again, and the receivers are told once more." },
  confirm: { title: "Confirm", words: "How do you know that the owner of the address asked for it?", note: "Earlier opt-outs of the address are undone." },
};
const asked = { references: [], decision: "" };
const TITLE = document.title;
let page = 1;
let signedIn = false;

const call = async (method, path, body) => (await send("/office", method, path, body)).json();
const day = (time) => time.slice(0, 10);
const minute = (time) => (time ? `${time.slice(0, 16).replace("T", " ")} UTC` : "–");

/** Do something that an officer asked for; what goes wrong is told until the next thing is done. */
async function attempt(action) {
  $("alert").textContent = "";
  try {
    await action();
  } catch (problem) {
    if (!(problem instanceof Refused) && !(problem instanceof TypeError)) throw problem;
    $("alert").textContent = problem instanceof Refused ? problem.message : "The server cannot be reached. Please try again.";
    if (problem.status === 401) showLogin();
  }
}

function showLogin() {
  signedIn = false;
  for (const id of [...VIEWS, "nav", "session"]) $(id).hidden = true;
  $("rows").replaceChildren();
  $("request").replaceChildren();
  $("login").hidden = false;
  $("token").focus();
}

async function enter() {
  const { name } = await call("GET", "session");
  signedIn = true;
  $("who").textContent = name;
  $("login").hidden = true;
  $("nav").hidden = $("session").hidden = false;
  await route();
}

/** Show the view that the address names. */
async function route() {
  const [view, reference] = (location.hash.slice(1) || "requests").split("/");
  const chosen = VIEWS.includes(view) ? view : "requests";
  $("news").textContent = "";
  document.title = TITLE;
  if (chosen === "requests") await search();
  if (chosen === "request") showRequest(await call("GET", `requests/${encodeURIComponent(reference)}`));
  if (chosen === "reports") showReport(await call("GET", `report?weeks=${$("weeks").value}`), named);
  if (chosen === "yearly") await year();
  for (const name of VIEWS) $(name).hidden = name !== chosen;
  for (const link of $("nav").children) {
    const current = link.hash === `#${chosen === "request" ? "requests" : chosen}`;
    current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  $(`${chosen}-title`).focus();
}

function wanted() {
  const chosen = Object.fromEntries(FIELDS.map((name) => [name, $(name).value ? [$(name).value] : []]));
  return { ...chosen, since: $("since").value || null, until: $("until").value || null, overdue: $("overdue").checked, owner: $("owner").value, search: $("search").value };
}

async function search() {
  const found = await call("POST", "search", { ...wanted(), page });
  $("summary").textContent = `${found.unfinished} unfinished, ${found.overdue} overdue. This search has ${found.total}.`;
  const owner = $("owner").value;
  $("owner").replaceChildren(...["", ...found.officers].map((name) => element("option", { value: name }, name || "Any")));
  $("owner").value = owner;
  $("rows").replaceChildren(...found.requests.map(row));
  $("none").hidden = found.total > 0;
  $("page").textContent = `Page ${page} of ${found.pages}`;
  $("before").disabled = page <= 1;
  $("after").disabled = page >= found.pages;
  $("pages").hidden = found.pages <= 1;
  $("all").checked = false;
  countSelected();
}

function due(request) {
  const unfinished = ["open", "in_progress"].includes(request.status);
  if (request.overdue) return element("span", { className: "late" }, `Overdue: ${request.due}`);
  return element("span", { className: "keep" }, unfinished ? request.due : "–");
}

function row(request) {
  const box = element("input", { type: "checkbox", value: request.reference, "aria-label": `Select ${request.reference}` });
  const cells = [box, due(request), element("a", { href: `#request/${request.reference}`, className: "keep" }, request.reference), `${named(request.action)}: ${request.kinds.map(named).join(", ")}`];
  cells.push(whose(request), named(request.status), named(request.channel), element("span", { className: "keep" }, day(request.received_at)), request.owner || "–");
  return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
}

const whose = (request) => (request.subject_type === "browser" ? "A browser" : request.subject || "(unreadable)");
const boxes = () => [...$("rows").querySelectorAll("input")];
const selected = () => boxes().filter((box) => box.checked).map((box) => box.value);

function countSelected() {
  const count = selected().length;
  $("selected").textContent = count ? `${count} selected` : "None selected";
  for (const button of $("bulk").querySelectorAll("button")) button.disabled = count === 0;
}

/** Ask before a decision about some requests. */
function ask(decision, references) {
  const { title, words, note } = DECISIONS[decision];
  Object.assign(asked, { decision, references });
  const which = references.length === 1 ? references[0] : `${references.length} requests`;
  $("ask-title").textContent = `${title} ${which}?`;
  $("ask-which").textContent = references.length > 1 ? references.slice(0, 8).join(", ") + (references.length > 8 ? " …" : "") : "";
  $("ask-reason").hidden = decision !== "deny";
  $("ask-words").textContent = words;
  $("ask-note").textContent = note;
  $("words").value = "";
  $("yes").textContent = title;
  $("ask").showModal();
}

async function decide() {
  const body = { ...asked, words: $("words").value.trim(), reason: asked.decision === "deny" ? $("reason").value : "" };
  const { results } = await call("POST", "decisions", body);
  const failed = results.filter((result) => result.error);
  $("request").hidden ? await search() : showRequest(await call("GET", `requests/${asked.references[0]}`));
  const done = results.length - failed.length;
  const told = done ? [`${done} ${done === 1 ? "request is" : "requests are"} ${named(results.find((result) => !result.error).status).toLowerCase()} now.`] : [];
  $("news").textContent = [...told, ...failed.map((result) => result.error)].join("\n");
}

function showRequest(request) {
  document.title = `${request.reference} – Office`;
  const path = `requests/${request.reference}`;
  const again = (method, part, body) => attempt(async () => showRequest(await call(method, `${path}/${part}`, body)));
  const facts = [["What", `${named(request.action)}: ${request.kinds.map(named).join(", ")}`], ["Whose", whose(request)], ["Status", `${named(request.status)}, since ${minute(request.status_at)}`], ["Due", due(request)], ["Channel", named(request.channel)], ["Received", minute(request.received_at)], ["Known by", request.how], ["Reason", request.reason], ["Shown before", request.wording], ["Policy", request.policy_version.slice(0, 12)]];
  const owner = element("select", { id: "its-owner", onchange: () => again("POST", "owner", { owner: owner.value }) }, ...[...$("owner").options].map((option) => element("option", { value: option.value }, option.value || "Nobody")));
  if (![...owner.options].some((option) => option.value === request.owner)) owner.append(element("option", { value: request.owner }, request.owner));
  owner.value = request.owner;
  const text = element("textarea", { id: "note", rows: "3", maxlength: "2000", required: true });
  const note = element("form", { onsubmit: (event) => (event.preventDefault(), again("POST", "notes", { text: text.value })) }, element("p", {}, element("label", { for: "note" }, "New note"), text), element("button", { type: "submit" }, "Add note"));
  const given = request.deliveries.some((message) => message.state === "given_up");
  const messages = request.deliveries.map((message) => [message.receiver, named(message.event), STATES[message.state], String(message.attempts), minute(message.delivered_at || message.given_up_at || message.next_at), message.error || "–"]);
  const lines = request.history.map((line) => [String(line.seq), minute(line.at), named(line.event), line.content?.by || "–", [line.content?.how, line.content?.reason].filter(Boolean).join(" ") || "–"]);
  const receipts = request.receipts.map((receipt) => [receipt.reference, named(receipt.channel), minute(receipt.received_at), named(receipt.status)]);
  $("request").replaceChildren(
    element("p", {}, element("a", { href: "#requests" }, "All requests")),
    element("h1", { id: "request-title", tabindex: "-1" }, request.reference),
    element("p", { className: "decisions" }, ...request.decisions.map((decision) => element("button", { type: "button", className: decision === "fulfil" || decision === "confirm" ? "" : "second", onclick: () => ask(decision, [request.reference]) }, `${DECISIONS[decision].title} …`)), element("label", { for: "its-owner" }, "Owner"), owner),
    element("dl", {}, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    element("h2", {}, "Notes"),
    element("ul", { className: "notes" }, ...request.notes.map((one) => element("li", {}, element("small", {}, `${one.author}, ${minute(one.at)}`), one.text ?? "(unreadable)"))),
    note,
    element("h2", {}, "Deliveries"),
    messages.length ? scroll("Deliveries", table("Messages to receivers", ["Receiver", "Message", "State", "Attempts", "When", "Error"], messages)) : element("p", {}, "No receiver was told."),
    ...(given ? [element("p", {}, element("button", { type: "button", onclick: () => again("POST", "retry") }, "Send again"))] : []),
    element("h2", {}, "Receipts"),
    scroll("Receipts", table("Everybody who asked for this", ["Reference", "Channel", "Received", "Status"], receipts)),
    element("h2", {}, "History"),
    scroll("History", table("Lines of the audit log", ["Line", "When", "Event", "By", "Details"], lines)),
  );
}

const STATES = { delivered: "Delivered", waiting: "Tried again", given_up: "Given up" };
const scroll = (name, inside) => element("div", { className: "scroll", role: "region", tabindex: "0", "aria-label": name }, inside);

async function download(what, form) {
  const answer = await send("/office", "POST", "export", { ...wanted(), what, form });
  const address = URL.createObjectURL(await answer.blob());
  const name = answer.headers.get("Content-Disposition").match(/filename="(.+)"/)[1];
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  $("news").textContent = `${name} is in your downloads. It has addresses: delete it when you have used it.`;
}

async function year() {
  const now = new Date().getFullYear();
  if (!$("year").options.length) $("year").append(...[now - 1, now, now - 2].map((one) => element("option", {}, String(one))));
  $("yearly-file").href = `/office/yearly.csv?year=${$("year").value}`;
  showYearly(await call("GET", `yearly?year=${$("year").value}`));
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = $("token").value;
  $("token").value = "";
  attempt(async () => {
    await call("POST", "session", { token });
    await enter();
  });
});
$("out").addEventListener("click", () => attempt(async () => { await send("/office", "DELETE", "session"); showLogin(); }));
$("filter").addEventListener("submit", (event) => { event.preventDefault(); page = 1; attempt(search); });
$("filter").addEventListener("reset", () => setTimeout(() => { page = 1; attempt(search); }));
$("before").addEventListener("click", () => { page -= 1; attempt(search); });
$("after").addEventListener("click", () => { page += 1; attempt(search); });
$("rows").addEventListener("change", countSelected);
$("all").addEventListener("change", () => { for (const box of boxes()) box.checked = $("all").checked; countSelected(); });
for (const button of document.querySelectorAll("[data-decision]")) button.addEventListener("click", () => ask(button.dataset.decision, selected()));
for (const button of document.querySelectorAll("[data-what]")) button.addEventListener("click", () => attempt(() => download(button.dataset.what, button.dataset.form)));
$("no").addEventListener("click", () => $("ask").close());
$("decide").addEventListener("submit", () => attempt(decide));
$("weeks").addEventListener("change", () => attempt(route));
$("year").addEventListener("change", () => attempt(year));
addEventListener("hashchange", () => signedIn && attempt(route));
enter().catch((problem) => (problem.status === 401 ? showLogin() : attempt(() => Promise.reject(problem))));
