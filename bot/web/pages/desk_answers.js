/** Ready-made answers: one's own, and those from the policy, word for word; all can be searched. */

import { attempt, call } from "./desk_calls.js";
import { $, element, tell } from "./desk_page.js";

const SHOWN = 40;
let answers = null;

export function openAnswers() {
  return attempt(async () => {
    answers ??= (await call("GET", "answers")).answers;
    $("answers-search").value = "";
    $("own").hidden = !$("text").value.trim();
    $("answers").showModal();
    $("answers-search").focus();
    draw();
  });
}

export const forgetAnswers = () => (answers = null);

function draw() {
  const words = $("answers-search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (answer) => words.every((word) => `${answer.title} ${answer.text}`.toLowerCase().includes(word));
  const found = answers.filter(fits);
  tell($("answers-count"), found.length > SHOWN ? `${found.length} answers, of which these are the first ${SHOWN}` : `${found.length} answers`);
  $("answers-list").replaceChildren(...found.slice(0, SHOWN).map(entry));
}

function entry(answer) {
  const pick = element("button", { type: "button", className: "pick", onclick: () => take(answer) }, element("strong", {}, answer.title), element("small", {}, answer.id ? "yours" : "policy"), element("span", {}, answer.text));
  if (!answer.id) return element("li", {}, pick);
  const remove = element("button", { type: "button", className: "second", ariaLabel: `Delete ${answer.title}`, onclick: () => attempt(async () => change(await call("DELETE", `answers/${answer.id}`))) }, "Delete");
  return element("li", {}, pick, remove);
}

function take(answer) {
  $("answers").close();
  $("text").value = [$("text").value, answer.text].filter(Boolean).join(" ");
  $("text").focus();
}

function change(told) {
  answers = told.answers;
  draw();
  $("answers-search").focus();
}

$("answers-search").addEventListener("input", draw);
$("answers-close").addEventListener("click", () => $("answers").close());
$("own").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    change(await call("POST", "answers", { title: $("own-title").value, text: $("text").value.trim() }));
    $("own-title").value = "";
  });
});
$("answers").addEventListener("keydown", (event) => {
  const picks = [...$("answers-list").querySelectorAll(".pick")];
  const at = picks.indexOf(document.activeElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && picks.length) {
    event.preventDefault();
    (at + by < 0 ? $("answers-search") : picks[Math.min(at + by, picks.length - 1)]).focus();
  } else if (event.key === "Enter" && event.target === $("answers-search") && picks.length) {
    event.preventDefault();
    picks[0].click();
  }
});
$("answers").addEventListener("close", () => $("text").focus());
