/** The ad tag of the demo storefront: it loads its pixel on each page view, unless the shopper said no. */

const KEY = "privacy-choices"; // where the chat and the form note what was chosen

/** What was chosen in this browser; what cannot be read may be a no. */
function noted() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return { sharing: "out" };
  }
}

let choices = noted();
let pixel = null;

/** Load the pixel, or take it away. */
function heed() {
  const refused = navigator.globalPrivacyControl || Object.values(choices).includes("out");
  if (refused) {
    pixel?.remove();
    pixel = null;
  } else if (!pixel) {
    pixel = new Image(1, 1);
    pixel.alt = "";
    pixel.src = `/pixel.gif?${Date.now()}`; // each view is counted
    document.body.append(pixel);
  }
}

addEventListener("privacy-chat:choice", ({ detail: { action, kinds } }) => {
  for (const kind of kinds) choices[kind] = action === "opt_out" ? "out" : "in";
  heed();
});

// another tab, or cleared data
addEventListener("storage", ({ key }) => {
  if (key !== KEY && key !== null) return;
  choices = noted();
  heed();
});

heed();
