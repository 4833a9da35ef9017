/** What the pages of the staff share: calls with the session's cookie, and elements. */

const IDLE_SECONDS = 60; // without a touch of the page, its calls do not keep the session alive
let touchedAt = Date.now();
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (touchedAt = Date.now()), { capture: true });

export const $ = (id) => document.getElementById(id);

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Send a call to a door and return its answer, as it came. */
export async function send(door, method, path, body) {
  const headers = {};
  if (Date.now() - touchedAt > IDLE_SECONDS * 1000) headers["X-Background"] = "1";
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(`${door}/${path}`, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error.message);
  return answer;
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && typeof value !== "string") made[key] = value;
    else if (value !== false && value !== undefined) made.setAttribute(key === "className" ? "class" : key, value);
  }
  made.append(...children);
  return made;
}

export function table(caption, head, rows) {
  const cells = (row) => row.map((cell, index) => element(index ? "td" : "th", index ? {} : { scope: "row" }, cell ?? "–"));
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row)))),
  );
}
