/** The element <privacy-chat>: see docs/integrating.md. */

const TEXTS = {
  title: "Privacy assistant",
  subtitle: "Answers from our privacy policy",
  launcher: "Privacy questions?",
  unread: "new: {n}",
  close: "Close the chat",
  more: "More options",
  log: "Conversation",
  input: "Your message",
  hint: "Ask about your privacy",
  send: "Send",
  person: "Talk to a person",
  "person-say": "I want to talk to a person",
  transcript: "Download transcript",
  remove: "Delete this conversation",
  "remove-ask": "Delete this conversation? What was recorded stays.",
  "remove-yes": "Delete",
  "remove-no": "Keep it",
  removed: "The conversation was deleted. Only what was recorded stays.",
  you: "You",
  bot: "Assistant",
  agent: "Support",
  system: "Note",
  source: "Source: {section}",
  "new-tab": "(opens in a new tab)",
  choices: "Choices",
  chosen: "(chosen)",
  typing: "Typing …",
  failed: "No answer yet.",
  retry: "Try again",
  lost: "The connection is lost. Trying again …",
  busy: "That was a lot at once. Please wait {n} seconds.",
  long: "A message can have {n} characters.",
  over: "The earlier conversation has ended. This is a new one.",
  waiting: "Waiting for a person. You can go on writing.",
  "with-agent": "You are talking to a person.",
  ended: "This conversation has ended.",
  fresh: "Start a new one",
  copy: "Copy",
  copied: "Copied",
  reference: "reference",
};

const STYLE = `
:host{
  display:contents;color-scheme:light dark;
  --soft:color-mix(in srgb,var(--i) 72%,var(--f));--line:color-mix(in srgb,var(--i) 16%,var(--f));--tint:color-mix(in srgb,var(--i) 6%,var(--f));--warn:light-dark(#a3261a,#ffb4a8);
  --m:var(--privacy-chat-accent,light-dark(#1d5247,#8fd0bf));--o:var(--privacy-chat-on-accent,light-dark(#fff,#0d1f1b));
  --f:var(--privacy-chat-surface,light-dark(#fff,#171b1b));--i:var(--privacy-chat-text,light-dark(#1c2422,#e9ecea));
  --r:var(--privacy-chat-radius,16px);--gap:var(--privacy-chat-inset,20px);
}
.all{all:initial;display:contents;color-scheme:inherit;font:var(--privacy-chat-font,medium/1.5 system-ui,sans-serif);color:var(--i)}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
[hidden],:host([hidden]){display:none!important}
*{box-sizing:border-box;margin:0}
button,textarea{font:inherit;color:inherit}
button{cursor:pointer;background:none;border:1px solid transparent;border-radius:999px;min-height:36px;padding:4px 14px;text-align:start}
button:where(:hover){background:var(--line)}
:focus-visible{outline:3px solid var(--m);outline-offset:2px}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;flex:none}
a{color:var(--m)}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launcher,.panel{position:fixed;bottom:var(--gap);inset-inline-end:var(--gap);z-index:var(--privacy-chat-layer,2147483000)}
.launcher{display:flex;align-items:center;gap:8px;min-height:56px;padding:8px 20px;background:var(--m);color:var(--o);font-weight:600;box-shadow:0 8px 30px #0004}
.count{background:var(--o);color:var(--m);border-radius:999px;padding:0 8px;font-size:.85em}
.panel{display:flex;flex-direction:column;width:min(400px,100vw - 2*var(--gap));height:min(640px,100dvh - 2*var(--gap));background:var(--f);border:1px solid var(--line);border-radius:var(--r);overflow:clip;box-shadow:0 8px 30px #0004}
header,.ask,.state{padding:12px 20px;background:var(--tint);border-bottom:1px solid var(--line)}
header{display:flex;align-items:center;gap:8px}
header>svg{color:var(--m)}
header div{flex:1;min-width:0}
h2{font-size:1em}
.sub,.by,.typing,details,.system p{color:var(--soft);font-size:.85em}
.icon{display:grid;place-items:center;width:44px;height:44px;padding:0}
.menu{position:absolute;top:64px;inset-inline-end:12px;z-index:1;display:grid;padding:8px;background:var(--f);border:1px solid var(--line);border-radius:16px;box-shadow:0 8px 30px #0004}
.menu button{display:flex;align-items:center;gap:8px;border-radius:10px}
.ask div{display:flex;gap:8px;margin-top:8px}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:20px;display:flex;flex-direction:column;gap:16px;outline-offset:-3px}
.m{display:flex;flex-direction:column;align-items:flex-start;gap:8px;max-width:92%}
.m p{padding:8px 14px;border-radius:var(--r);border-end-start-radius:4px;background:var(--tint);border:1px solid transparent;white-space:pre-wrap;overflow-wrap:anywhere}
.visitor{align-self:flex-end;align-items:flex-end}
.visitor p{background:var(--m);color:var(--o);border-end-start-radius:var(--r);border-end-end-radius:4px}
.agent p{background:var(--f);border-color:var(--m)}
.system{align-self:center}
.system p{background:none;text-align:center}
.choices,.receipt{display:flex;flex-wrap:wrap;align-items:center;gap:8px}
.choices button,.plain,.ask button{border-color:var(--m);color:var(--m)}
.choices [aria-disabled]{border-color:var(--line);color:var(--soft);cursor:default;background:none}
.choices .chosen{border-color:var(--m);color:var(--i);background:var(--tint)}
.ask .yes{background:var(--warn);border-color:var(--warn);color:var(--f)}
summary{cursor:pointer;min-height:24px}
blockquote{margin:8px 0;padding:0 12px;border-inline-start:3px solid var(--m);white-space:pre-wrap;overflow-wrap:anywhere}
blockquote a{color:var(--i)}
.by{display:block}
.failed,.alert{color:var(--warn);font-size:.85em}
.typing{padding:0 20px 8px}
.alert:not(:empty){padding:8px 20px;border-top:1px solid var(--line)}
form{display:flex;gap:8px;align-items:flex-end;padding:12px;border-top:1px solid var(--line)}
textarea{flex:1;min-width:0;resize:none;max-height:8em;min-height:44px;padding:8px 14px;border:1px solid var(--soft);border-radius:22px;background:var(--f)}
textarea::placeholder{color:var(--soft);opacity:1}
.send{background:var(--m);color:var(--o)}
:dir(rtl) .send svg{transform:scaleX(-1)}
@media(max-width:480px),(max-height:480px){
  .launcher{padding:16px}.label{position:absolute;clip-path:inset(50%)}
  .panel{inset:0;width:auto;height:auto;border:0;border-radius:0;padding-bottom:env(safe-area-inset-bottom)}
}
@media(max-height:320px){.sub{display:none}header,form{padding-block:4px}}
@media(prefers-reduced-motion:no-preference){.m,.panel{transition:opacity .2s,translate .2s;@starting-style{opacity:0;translate:0 6px}}}
@media print{.all{display:none}}
@media(forced-colors:active){.launcher,.panel,.m p,.choices .chosen,.send{border:1px solid}.chosen{border-width:3px!important}.choices [aria-disabled]{color:GrayText;border-color:GrayText}}
`;

const ICONS = {
  chat: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 11.5h6M9 8.5h6",
  close: "M6 6l12 12M18 6L6 18",
  more: "M4.5 12h1M11.5 12h1M18.5 12h1",
  send: "M4 12l16-8-5 16-3-7z",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8zM4 21c0-4 4-6 8-6s8 2 8 6",
  transcript: "M12 4v11M7 11l5 5 5-5M5 20h14",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
};

const LONGEST = 1000;
const HUMAN = ["waiting_for_agent", "with_agent"];
const LINKS = /(\/(?:opt-out|privacy)\b(?:#[\w.-]+)?|https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|\b1-\d{3}-\d{3}-\d{4}\b)/;

const secondsToRetry = ({ retryAfter, status }) => retryAfter || (status < 500 ? 30 : 1 + Math.random());

/** Make an element; text is never markup. */
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  if (name === "button") element.type = name; // not submit
  for (const key in attributes) {
    const value = attributes[key];
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const memory = {}; // what cannot be stored

/** Kept by the browser. */
class Kept {
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
  }

  get value() {
    try {
      return JSON.parse(window[this.storage][this.key]);
    } catch {
      return memory[this.key] || {};
    }
  }

  set value(value) {
    memory[this.key] = {};
    try {
      if (Object.keys(value).length) window[this.storage][this.key] = JSON.stringify(value);
      else delete window[this.storage][this.key];
    } catch {
      memory[this.key] = value;
    }
  }
}

const adChoices = new Kept("localStorage", "privacy-choices"); // for the site's ad tags

/** The HTTP contract. */
class Line {
  constructor(server) {
    this.server = server;
    this.url = new URL("webhooks/storefront/", server);
    // token, state, told records, and a name that a new token keeps
    this.kept = new Kept("localStorage", `privacy-chat ${this.url}`);
  }

  async call(method, path, { body, seconds = 20, stop = (this.sending = new AbortController()) } = {}) {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: { Accept: "application/json, text/plain", "Content-Type": "application/json", Authorization: `Bearer ${this.kept.value.token}` },
      body: JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(seconds * 1000)]),
    });
    const { ok, status } = answer;
    const text = await answer.text();
    const said = text[0] === "{" ? JSON.parse(text) : text;
    const header = (name) => Number(answer.headers.get(name));
    if (ok) return { said, id: header("X-Message-Id"), typing: header("X-Typing") };
    throw { ...said.error, status, isOver: status === 401 || status === 410, retryAfter: header("Retry-After") };
  }

  async open() {
    const { token } = this.kept.value;
    try {
      const { said } = await this.call("POST", "session", { body: { resume: token, gpc: !!navigator.globalPrivacyControl } });
      this.kept.value = { name: `${Math.random()}`, ...this.kept.value, token: said.token, state: said.state };
      return said;
    } catch (problem) {
      if (!token || !problem.isOver) throw problem;
      this.kept.value = {};
      return { ...(await this.open()), renewed: true };
    }
  }

  say(body) {
    return this.call("POST", "messages", { body });
  }

  async since(id, wait, types) {
    const human = HUMAN.includes(this.kept.value.state);
    wait ??= human ? 2 : 25;
    this.asking = new AbortController();
    const { said, typing } = await this.call("GET", `messages?after=${id}&wait=${wait}${human && types ? "&typing=1" : ""}`, { seconds: wait + 10, stop: this.asking });
    return { ...said, typing };
  }

  async forget() {
    const { token } = this.kept.value;
    if (token) await this.call("DELETE", "session").catch((problem) => problem.isOver || Promise.reject(problem));
    this.kept.value = { removed: true }; // for the other tabs
    this.kept.value = {};
  }
}

const panels = new WeakMap(); // panel: its chat
let typed; // the chat of the last key down

/** Keep the keys of a panel from the hotkeys of the page. */
function keep(event) {
  const isDown = event.type === "keydown";
  if (isDown) typed = event.composedPath().map((node) => panels.get(node)).find(Boolean);
  if (!typed) return;
  event.stopImmediatePropagation();
  if (isDown) typed.press(event);
}

/** The chat in an element. */
class Chat {
  constructor(host) {
    this.host = host;
    this.line = new Line(new URL(host.getAttribute("server") || ".", import.meta.url));
    this.panelKept = new Kept("sessionStorage", `${this.line.kept.key} panel`);
    this.build();
  }

  connect() {
    this.events = new AbortController();
    const { signal } = this.events;
    addEventListener("storage", (event) => this.otherTab(event), { signal });
    addEventListener("online", () => (this.line.sending?.abort(), this.hurry()), { signal });
    addEventListener("visibilitychange", () => document.hidden || this.hurry(), { signal });
    if (this.host.hasAttribute("open") || this.panelKept.value.open) this.show(false);
    else this.listen();
  }

  disconnect() {
    this.events.abort();
    this.hurry();
  }

  t(key, value) {
    return (this.host.getAttribute(`text-${key}`) ?? TEXTS[key]).replace(/\{\w+\}/, (whole) => value ?? whole);
  }

  build() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root = this.host.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
    const iconButton = (name, onclick, more) =>
      h("button", { class: "icon", "aria-label": this.t(name), onclick, ...more }, icon(name));
    const menuItem = (name, onclick) =>
      h("button", { onclick: () => (this.toggleMenu(false), onclick()) }, icon(name), this.t(name));

    this.count = h("span", { class: "count", hidden: "" });
    this.launcher = h(
      "button",
      { class: "launcher", part: "launcher", "aria-expanded": "false", onclick: () => this.show() },
      icon("chat"), h("span", { class: "label" }, this.t("launcher")), this.count,
    );
    this.menuButton = iconButton("more", () => this.toggleMenu(), { "aria-expanded": "false" });
    this.menu = h(
      "div",
      {
        class: "menu", hidden: "",
        onfocusout: ({ relatedTarget: next }) => this.menu.contains(next) || next === this.menuButton || this.toggleMenu(false),
      },
      menuItem("person", () => this.send({ text: this.t("person-say") })),
      menuItem("transcript", () => this.download()),
      menuItem("remove", () => this.askRemoval()),
    );
    this.ask = h(
      "div", { class: "ask", role: "group", "aria-label": this.t("remove"), hidden: "" },
      h("p", {}, this.t("remove-ask")),
      h("div", {},
        h("button", { class: "yes", onclick: () => this.remove() }, this.t("remove-yes")),
        h("button", { onclick: () => this.closeAsk() }, this.t("remove-no"))),
    );
    this.state = h("p", { class: "state", role: "status", hidden: "" });
    this.log = h("div", {
      class: "log", role: "log", "aria-label": this.t("log"), tabindex: "0",
      onscroll: () => (this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60),
    });
    new ResizeObserver(() => this.atEnd && this.scroll()).observe(this.log);
    this.typing = h("p", { class: "typing", "aria-hidden": "true", hidden: "" }, this.t("typing"));
    this.alert = h("div", { class: "alert", role: "alert" });
    this.input = h("textarea", {
      "aria-label": this.t("input"), rows: "1", maxlength: LONGEST, placeholder: this.t("hint"), autocomplete: "off", enterkeyhint: "send",
      oninput: () => {
        this.typedAt = Date.now();
        this.fit();
        this.warn(this.input.value.length < LONGEST ? "" : this.t("long", LONGEST));
      },
    });
    this.form = h(
      "form", { onsubmit: (event) => (event.preventDefault(), this.submit()) },
      this.input, iconButton("send", null, { type: "submit", class: "icon send" }),
    );
    this.panel = h(
      "section", { class: "panel", part: "panel", "aria-label": this.t("title"), hidden: "" },
      h("header", {},
        icon("chat"),
        h("div", {}, h("h2", {}, this.t("title")), h("p", { class: "sub" }, this.t("subtitle"))),
        this.menuButton, iconButton("close", () => this.hide())),
      this.menu, this.ask, this.state, this.log, this.typing, this.alert, this.form,
    );
    panels.set(this.panel, this);
    this.root.append(h("div", { class: "all" }, this.launcher, this.panel));
    this.reset();
  }

  reset() {
    this.log.replaceChildren();
    this.life = {};
    this.sends = Promise.resolve();
    this.unsent = new Set(); // attempts to make again
    this.waiting = new Set();
    this.atEnd = true;
    this.idle = false;
    this.noteUnread(0);
    this.form.hidden = false;
    this.renew();
  }

  renew() {
    this.shown = new Map(); // id of a message: its element
    this.cursor = 0;
    this.began = null;
  }

  show(focus = true) {
    this.panel.hidden = false;
    this.launcher.hidden = true;
    this.panelKept.value = { open: true };
    this.noteUnread(0);
    if (focus) this.input.focus();
    this.listen();
    this.scroll();
  }

  hide() {
    this.panel.hidden = true;
    this.launcher.hidden = false;
    this.panelKept.value = {};
    this.launcher.focus();
  }

  press(event) {
    if (event.keyCode === 229) return; // by an input method
    if (event.key === "Escape") this.escape();
    if (event.key !== "Enter" || event.shiftKey || this.root.activeElement !== this.input) return;
    event.preventDefault();
    this.submit();
  }

  escape() {
    if (!this.menu.hidden) this.toggleMenu(false);
    else if (!this.ask.hidden) this.closeAsk();
    else this.hide();
  }

  toggleMenu(open = this.menu.hidden) {
    if (open === !this.menu.hidden) return;
    if (!open && this.menu.contains(this.root.activeElement)) this.menuButton.focus();
    this.menu.hidden = !open;
    this.menuButton.ariaExpanded = open;
    if (open) {
      this.ask.hidden = true;
      this.menu.querySelector("button").focus();
    }
  }

  noteUnread(count) {
    this.unread = count;
    this.count.hidden = !count;
    this.count.textContent = count ? this.t("unread", count) : "";
  }

  begin() {
    const { life } = this;
    this.idle = false;
    this.began ??= this.open(life).catch((problem) => {
      if (life === this.life) this.began = null;
      throw problem;
    });
    return this.began;
  }

  async open(life) {
    const before = this.line.kept.value.token;
    const { messages, state, renewed } = await this.line.open();
    if (life !== this.life) return;
    this.name = this.line.kept.value.name;
    this.records = new Set(this.line.kept.value.records);
    if (before) this.log.ariaLive = "off"; // not read out again
    const [next] = this.waiting;
    if (renewed) this.note(this.t("over"), next);
    this.take(messages, state, true, next);
    this.noteUnread(0);
    this.warn("");
    if (!before) return;
    this.scroll();
    setTimeout(() => (this.log.ariaLive = null), 500);
  }

  /** Ask for news while the panel is seen, or a person may answer. */
  async listen() {
    const { life } = this;
    if (this.listening === life) return;
    this.listening = life;
    const wanted = () => life === this.life && this.host.isConnected && !this.idle
      && (HUMAN.includes(this.line.kept.value.state) || (!this.panel.hidden && !document.hidden));
    let failures = 0;
    while (wanted()) {
      try {
        await this.begin();
        const { name } = this;
        if (name !== this.line.kept.value.name) break;
        const { messages, state, typing } = await this.line.since(this.cursor, failures || this.unsent.size ? 0 : undefined, Date.now() - this.typedAt < 4000);
        await this.sends;
        if (life !== this.life || name !== this.name) continue; // another one began meanwhile
        this.take(messages, state);
        this.typing.hidden = !typing;
        if (failures) this.warn("");
        failures = 0;
        for (const again of this.unsent) again();
        await this.pause(0.5);
      } catch (problem) {
        if (problem.name === "AbortError") continue; // of hurry
        if (problem.isOver) {
          await this.pause(0.5); // a tab that deleted it says so
          if (life === this.life && this.name === this.line.kept.value.name) this.closed();
          break;
        }
        failures += 1;
        if (life === this.life && (failures > 1 || !this.began)) this.warn(this.told(problem));
        await this.pause(secondsToRetry(problem));
      }
    }
    if (this.listening === life) this.listening = null;
  }

  /** Ask anew: the last call may wait in vain. */
  hurry() {
    this.line.asking?.abort();
    this.wake?.();
    this.listen();
  }

  pause(seconds) {
    return new Promise((done) => {
      this.wake = done;
      setTimeout(done, seconds * 1000);
    });
  }

  /** Show messages, each once, after one that was `listed`. */
  take(messages, state, listed = true, before) {
    const fresh = messages.filter((message) => !this.shown.has(message.id));
    if (listed) this.cursor = messages.at(-1)?.id ?? this.cursor;
    const { atEnd } = this;
    const [first] = fresh.map((message) => this.append(message, before));
    if (first && atEnd) this.scroll(first);
    if (this.panel.hidden) this.noteUnread(this.unread + fresh.filter((message) => message.from === "agent").length);
    if (state) this.setState(state);
  }

  setState(state) {
    if (this.line.kept.value.token) this.line.kept.value = { ...this.line.kept.value, state };
    this.state.hidden = !HUMAN.includes(state);
    const shown = this.state.hidden ? "" : this.t(state === "with_agent" ? "with-agent" : "waiting");
    if (this.state.textContent !== shown) this.state.textContent = shown;
    if (state === "closed") this.closed();
  }

  closed() {
    if (this.form.hidden) return;
    const focused = this.form.contains(this.root.activeElement);
    this.line.kept.value = {};
    this.form.hidden = true;
    this.offerAnother(this.t("ended"), focused);
  }

  offerAnother(text, focus) {
    const again = h("button", { class: "plain", onclick: () => this.restart() }, this.t("fresh"));
    const note = this.note(text);
    note.append(again);
    this.scroll();
    if (focus) again.focus();
  }

  restart() {
    this.line.kept.value = {};
    this.reset();
    this.input.focus();
    this.listen();
  }

  otherTab({ key, newValue }) {
    if (key !== this.line.kept.key) return;
    const { removed, token, name } = JSON.parse(newValue) || {};
    if (removed) this.isRemoved();
    else if (token && this.name && name !== this.name) {
      this.reset();
      this.listen();
    }
  }

  isRemoved(focus) {
    this.reset();
    this.idle = true;
    this.setState("bot");
    this.warn("");
    this.offerAnother(this.t("removed"), focus);
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return this.input.focus();
    this.input.value = "";
    this.typedAt = 0;
    this.fit();
    this.send({ text });
  }

  send(body, title = body.text) {
    const { life } = this;
    const mine = this.append({ from: "visitor", text: title });
    const named = { ...body, client_id: `${Math.random()}` }; // however often sent, one message
    const attempt = () => (this.sends = this.sends.then(() => life === this.life && this.deliver(named, mine, attempt)));
    this.scroll();
    return attempt();
  }

  async deliver(body, mine, again) {
    const { life } = this;
    this.waiting.add(mine);
    const slow = setTimeout(() => (this.typing.hidden = false), 400);
    mine.querySelector(".failed")?.remove();
    this.unsent.delete(again);
    try {
      await this.begin();
      this.listen();
      const { said, id } = await this.line.say(body).catch((problem) => this.sayAnew(problem, body, life));
      if (life !== this.life) return; // it was deleted meanwhile
      if (this.shown.has(id) && this.shown.get(id) !== mine) mine.remove();
      else this.shown.set(id, mine);
      this.warn("");
      this.take(said.messages, said.state, false, mine.nextSibling);
    } catch (problem) {
      if (life === this.life) this.fail(problem, mine, again);
    } finally {
      clearTimeout(slow);
      this.typing.hidden = true;
      this.waiting.delete(mine);
    }
  }

  /** Say in a new conversation what an ended one did not take. */
  async sayAnew(problem, body, life) {
    if (!problem.isOver || body.choice || life !== this.life) throw problem;
    this.line.kept.value = {};
    this.renew();
    const [next] = this.waiting;
    this.note(this.t("over"), next);
    await this.begin();
    if (life !== this.life) throw problem;
    return this.line.say(body);
  }

  fail(problem, mine, again) {
    const text = problem.status === 429 ? this.t("busy", problem.retryAfter || 10) : this.told(problem);
    this.warn(text);
    const retry = h("button", { class: "plain", onclick: () => (this.input.focus(), again()) }, this.t("retry"));
    mine.append(h("span", { class: "failed" }, this.t("failed"), [400, 410, 413].includes(problem.status) ? "" : retry));
    this.scroll();
    if (problem.status < 500) return;
    this.unsent.add(again);
    setTimeout(() => this.hurry(), 1000 * secondsToRetry(problem));
  }

  choose(choice, group) {
    if (group.querySelector("[aria-disabled]")) return;
    this.use(group, choice.title);
    this.send({ choice: choice.id }, choice.title);
  }

  use(group, title) {
    for (const button of group.children) {
      if (button.ariaDisabled) continue;
      button.ariaDisabled = "true";
      if (button.textContent === title) {
        button.classList.add("chosen");
        button.append(h("span", { class: "vh" }, ` ${this.t("chosen")}`));
      }
    }
  }

  async download() {
    try {
      await this.begin();
      const { said } = await this.line.call("GET", "transcript");
      const href = `data:text/plain;charset=utf-8,${encodeURIComponent(said)}`;
      h("a", { href, download: "privacy-chat.txt" }).click();
    } catch (problem) {
      this.warn(this.told(problem));
    }
  }

  askRemoval() {
    this.ask.firstChild.textContent = `${this.t("remove-ask")} ${[...this.records]}`;
    this.ask.hidden = false;
    this.ask.querySelector("button").focus();
  }

  closeAsk() {
    this.ask.hidden = true;
    this.menuButton.focus();
  }

  async remove() {
    this.idle = true; // its end is no news
    this.hurry();
    try {
      await this.line.forget();
    } catch (problem) {
      this.idle = false;
      this.listen();
      return this.warn(this.told(problem));
    }
    this.ask.hidden = true;
    this.isRemoved(true);
  }

  append({ id, from, text, at, sources = [], choices = [], recorded }, before = null) {
    const sender = h("span", { class: from === "agent" ? "by" : "vh" }, `${this.t(from === "visitor" ? "you" : from)}: `);
    const words = h("p", { dir: "auto" }, sender, ...(from === "visitor" ? [text] : this.linked(text)));
    const element = h("div", { class: `m ${from}` }, words);
    for (const [section, cited] of Map.groupBy(sources, (source) => source.section)) element.append(this.quoted(section, cited));
    if (recorded) element.append(this.receipt(recorded, at));
    if (choices.length) element.append(this.offered(choices));
    if (from === "visitor") {
      const groups = [...this.log.querySelectorAll(".choices")];
      const stays = HUMAN.includes(this.line.kept.value.state);
      for (const group of stays ? groups.slice(0, -1) : groups) this.use(group, text);
    }
    this.log.insertBefore(element, before);
    if (id) this.shown.set(id, element);
    return element;
  }

  receipt(recorded, at) {
    const { reference } = recorded;
    this.noteChoice(recorded, at, !this.records.has(reference));
    this.line.kept.value = { ...this.line.kept.value, records: [...this.records.add(reference)] };
    return h("div", { class: "receipt" }, this.away(`/optouts/${reference}`, reference), this.copyButton(reference));
  }

  /** Note a choice of ads unless a later one is known. */
  noteChoice(detail, at, isNews) {
    const ads = ["targeted_advertising", "sharing"].filter((kind) => detail.kinds.includes(kind));
    const noted = { ...adChoices.value };
    if (!ads.length || noted.at > at) return;
    const sign = detail.action.slice(4);
    isNews ||= noted[ads[0]] && noted[ads[0]] !== sign;
    for (const kind of ads) noted[kind] = sign;
    adChoices.value = { ...noted, at };
    if (isNews) this.host.dispatchEvent(new CustomEvent("privacy-chat:choice", { bubbles: true, composed: true, detail }));
  }

  copyButton(reference) {
    const word = h("span", {}, this.t("copy"));
    const button = h("button", { class: "plain" }, word, h("span", { class: "vh" }, ` ${this.t("reference")} ${reference}`));
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(reference);
      } catch {
        const field = h("textarea", {}, reference);
        button.after(field);
        field.select();
        const isCopied = document.execCommand("copy");
        field.remove();
        button.focus();
        if (!isCopied) return;
      }
      word.textContent = this.t("copied");
    };
    return button;
  }

  away(path, text) {
    const href = path.startsWith("/") ? this.line.server.origin + path : path;
    return h("a", { href, target: "_blank", rel: "noopener" }, text, h("span", { class: "vh" }, ` ${this.t("new-tab")}`));
  }

  note(text, before) {
    return this.append({ from: "system", text }, before);
  }

  quoted(section, sources) {
    const element = h("details", { ontoggle: () => element.scrollIntoView({ block: "nearest" }) }, h("summary", {}, this.t("source", section)));
    for (const { quote, url } of sources) element.append(h("blockquote", { dir: "auto" }, this.away(url, quote.replace(/\[(.*?)]\(.*?\)|\*\*/g, "$1"))));
    return element;
  }

  offered(choices) {
    const group = h("div", { class: "choices", role: "group", "aria-label": this.t("choices") });
    group.append(...choices.map((choice) => h("button", { onclick: () => this.choose(choice, group) }, choice.title)));
    return group;
  }

  /** Link addresses and phone numbers: the odd parts. */
  linked(text) {
    return text.split(LINKS).map((part, number) => {
      if (number % 2 === 0) return part;
      return part.startsWith("1-") ? h("a", { href: `tel:+${part}` }, part) : this.away(part, part);
    });
  }

  told(problem) {
    return (problem.status && problem.message) || this.t("lost");
  }

  warn(text) {
    if (this.alert.textContent !== text) this.alert.textContent = text;
  }

  /** Show the end, of a long answer the beginning. */
  scroll(first) {
    const tall = first && this.log.scrollHeight - first.offsetTop > this.log.clientHeight;
    this.log.scrollTop = tall ? first.offsetTop - this.log.offsetTop - 12 : this.log.scrollHeight;
  }

  fit() {
    this.input.style.blockSize = "auto";
    this.input.style.blockSize = `${this.input.scrollHeight + 2}px`;
  }
}

// no member may hide one of HTMLElement
class PrivacyChat extends HTMLElement {
  #chat;

  connectedCallback() {
    this.#chat ??= new Chat(this);
    this.#chat.connect();
  }

  disconnectedCallback() {
    this.#chat.disconnect();
  }

  show() {
    this.#chat?.show();
  }

  hide() {
    this.#chat?.hide();
  }

  copyButton(reference) {
    return this.#chat.copyButton(reference);
  }

  noteChoice(...choice) {
    this.#chat.noteChoice(...choice);
  }
}

// else it was loaded before
if (!customElements.get("privacy-chat")) {
  customElements.define("privacy-chat", PrivacyChat);
  for (const type of ["keydown", "keypress", "keyup"]) addEventListener(type, keep, true);
}
