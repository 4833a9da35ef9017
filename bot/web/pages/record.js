/** Pages that tell of a record: its reference can be copied, and the ads of the site are told of it. */

await customElements.whenDefined("privacy-chat");
const chat = document.querySelector("privacy-chat");

for (const reference of document.querySelectorAll(".reference")) {
  reference.after(" ", chat.copyButton(reference.textContent));
}

const { recorded, at } = document.querySelector(".result").dataset;
const [{ type }] = performance.getEntriesByType("navigation");
if (recorded) chat.noteChoice(JSON.parse(recorded), at, type === "navigate");
