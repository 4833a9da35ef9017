/** Calls of the server. It keeps the session in a cookie. */

import { $, tell } from "./desk_page.js";

const IDLE_SECONDS = 60; // without a touch of the page, its calls do not keep the session alive
const LONGEST_SECONDS = 10; // a call that hangs has lost its network
let touchedAt = Date.now();
const signedOut = []; // what to do when the session is over

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (touchedAt = Date.now()), { capture: true });

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function call(method, path, body) {
  const headers = {};
  if (Date.now() - touchedAt > IDLE_SECONDS * 1000) headers["X-Background"] = "1";
  if (body) headers["Content-Type"] = "application/json";
  const signal = AbortSignal.timeout(LONGEST_SECONDS * 1000);
  const answer = await fetch(`/desk/${path}`, { method, headers, body: body && JSON.stringify(body), cache: "no-store", signal });
  const said = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Refused(answer.status, said.error.message);
  return said;
}

export const whenSignedOut = (action) => signedOut.push(action);

export function isOver(problem) {
  if (problem.status === 401) for (const action of signedOut) action();
  return problem.status === 401;
}

/** Do something that an agent asked for; what goes wrong is told, until the next thing is done. */
export async function attempt(action) {
  tell($("alert"), "");
  try {
    return await action();
  } catch (problem) {
    tell($("alert"), problem instanceof Refused ? problem.message : "The server cannot be reached. Please try again.");
    isOver(problem);
    return null;
  }
}
