// What HTML and htmx cannot do by themselves.

const { body } = document;
const reader = body.dataset.user ?? "";
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (events, listener, target = body) => {
  for (const event of events.split(" ")) target.addEventListener(event, listener);
};
const showOnly = (kind, root) => {
  root.hidden = !kind;
  for (const words of $$("[data-kind]", root)) words.hidden = words.dataset.kind !== kind;
};

// Who sends: with the token of now, and for whom the page was made

on("htmx:configRequest", ({ detail: { elt, headers, parameters } }) => {
  elt.sent = parameters.content;
  delete parameters.csrfmiddlewaretoken;
  headers["X-CSRFToken"] = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  headers["X-Made-For"] = reader;
});

// Polls: every 5 s in use, slower when idle, at once on return; not hidden or offline

const BUSY = 5000, IDLE = 30000, SLOWER = 1.5;
let pause = BUSY, timer = setTimeout(poll, pause);

function poll() {
  clearTimeout(timer);
  if (document.hidden || !navigator.onLine) return;
  htmx.trigger(body, "poll");
  timer = setTimeout(poll, pause);
  pause = Math.min(pause * SLOWER, IDLE);
}

const pollNow = () => { pause = BUSY; poll(); };
on("visibilitychange", () => { document.hidden ? keepDraft() : pollNow(); }, document);
on("online", pollNow, window);
on("keydown pointerdown wheel", () => {
  if (pause <= BUSY * SLOWER) return;
  pause = BUSY;
  clearTimeout(timer);
  timer = setTimeout(poll, pause);
});

// What is unread: also in the title

on("htmx:afterSettle", () => {
  const count = $("#unread-badge")?.firstChild?.textContent.trim();
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
});

// Pieces: none for what holds a form or a selection, or a list with an open thread

on("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  const isList = target.id === "conversation", form = $("form", target);
  const isSelected = !getSelection().isCollapsed && getSelection().containsNode(target, true);
  if (fragment.localName === "ol") return join(detail);
  if (!isList && !target.matches("article")) return;
  if (form || isSelected || (isList && $("details[open]", target))) {
    detail.shouldSwap = false;
    if (isList || !form) showNewer("stale"); // a closed form brings it anew
  } else if (isList) {
    isStale = false;
    hasSent ? setTimeout(toEnd) : showNewer();
  } else {
    fragment.firstElementChild.ariaCurrent = target.ariaCurrent;
    for (const rest of $$("details", fragment)) rest.open = $("details[open]", target);
  }
});

// What is new joins a list shown up to its end; one's own always does

function join(detail) {
  const { target, fragment } = detail;
  if (!$(".mine", fragment) && $(":scope > .more:last-child", target)) detail.shouldSwap = false;
  else if (target.id !== "conversation") return;
  else if (hasSent || isAtEnd()) setTimeout(toEnd);
  else showNewer("new");
}

// At its end a conversation follows; further up it stays, and says what came

const scroller = $(".chat .scroll"), newer = $("#newer");
const isAtEnd = () => scroller.scrollTop > -50; // laid out from its end
let isStale = false, hasSent = false;

function showNewer(kind) {
  isStale ||= kind === "stale";
  showOnly(isStale ? "stale" : kind, newer);
}

function toEnd() {
  scroller.scrollTop = 0;
  hasSent = false;
  showNewer();
}

if (scroller) {
  on("scroll", () => { if (isAtEnd()) showNewer(); }, scroller);
  on("click", () => { scroller.scrollTop ||= -1; }, scroller); // opens downwards
  on("click", (event) => { if (!isStale) { event.preventDefault(); toEnd(); } }, newer);
}

on("htmx:oobErrorNoTarget", ({ detail: { target, content } }) => {
  if (target === "#conversation" && content.id) showNewer("stale");
});

// Focus: into what opens, back to its opener, else to what replaced that

const controls = (root) => [root, ...$$("a, button, summary", root)];
const openerOf = (place) => $(`[hx-target="#${place.id}"]:not(form)`);
let held;

on("htmx:beforeSwap htmx:oobBeforeSwap", ({ type, detail: { target } }) => {
  const was = document.activeElement;
  if (type === "htmx:beforeSwap") held = null;
  if (!target.contains(was)) return;
  const place = was.closest("[id^=message-], [id^=reply-], [id^=history-]") ?? target;
  held = { was, place, isIn: was.closest("form"), n: controls(place).indexOf(was) };
});

on("htmx:afterSwap htmx:oobAfterSwap", ({ target }) => {
  const field = $("textarea", target);
  if (field && !document.activeElement.matches("input, textarea")) {
    field.focus();
    field.selectionStart = field.value.length;
    field.form.scrollIntoView({ block: "nearest" });
  } else if (held && document.activeElement === body) {
    const { was, place, isIn, n } = held;
    const now = controls((place.id && document.getElementById(place.id)) || place);
    const same = was.href && now.find(({ href }) => href === was.href);
    const next = isIn ? openerOf(place) : same || now[n];
    (next?.isConnected ? next : $("#main")).focus();
    held = null;
  }
});

// Ctrl or Cmd with Enter sends, Escape closes, a click with a key is the browser's

const hasKey = ({ ctrlKey, metaKey }) => ctrlKey || metaKey;

on("keydown", (event) => {
  const { target, key } = event;
  const open = target.closest("form, .history") ?? $(target.getAttribute("hx-target") ?? "none");
  if (key === "Escape" && open) $(".close", open)?.click();
  if (key === "Enter" && hasKey(event) && isLetter(target.form)) target.form.requestSubmit();
});

addEventListener("click", (event) => {
  if (hasKey(event) || event.shiftKey) event.stopPropagation();
}, true);

on("click", (event) => {
  const link = event.target.closest(".close");
  const form = link?.closest("form"), place = link?.closest("[id^=reply-], [id^=history-]");
  if (form && event.isTrusted) forget(form); // not by Escape
  const opener = place && openerOf(place);
  if (!opener) return;
  event.preventDefault();
  place.removeAttribute("class");
  place.replaceChildren();
  opener.focus();
});

// What was typed is kept in this tab, with its form's key, until sent

const isLetter = (form) => form?.elements?.content;
const nameOf = (form) => `${reader} ${form.getAttribute("action")}${location.search}`;
const forget = (form) => sessionStorage.removeItem(nameOf(form));
const store = (form, fields) => sessionStorage.setItem(nameOf(form), JSON.stringify(fields));
const keep = (form) =>
  store(form, [...new FormData(form)].filter(([name]) => !/^csrf|^made_for/.test(name)));

function restore(form) {
  const isBack = $("[role=alert]", form);
  form.autocomplete = "off"; // or the browser keeps it for whoever is next
  for (const [name, value] of JSON.parse(sessionStorage.getItem(nameOf(form)) ?? "[]")) {
    const field = form.elements[name];
    if (field.value !== value && !(isBack && field.type === "hidden")) field.value = value;
  }
  if (isBack) keep(form);
}

on("input", ({ target: { form } }) => { if (isLetter(form)) keep(form); });

on("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
  const isDone = xhr.status < 300, comesBack = /409|422/.test(xhr.status);
  if (isDone && elt.matches(".draft") && elt.sent === elt.form.elements.content.value)
    forget(elt.form); // a later draft goes first
  if (!isLetter(elt) || !(isDone || comesBack)) return;
  forget(elt);
  const { value } = elt.elements.content, isWhole = comesBack || elt.matches(".editor");
  if (value !== elt.sent) // but what was added meanwhile
    store(elt, [["content", isWhole ? value : value.replace(elt.sent, "")]]);
  if (isDone) elt.reset();
  hasSent = isDone && elt.id === "composer";
  const place = isDone && elt.closest("[id^=reply-]");
  if (place) $(place.id.replace("reply", "details#replies"))?.setAttribute("open", "");
});

// A draft is kept a second after the last key, and on leaving

function keepDraft() {
  const button = $(".draft"), field = button?.form.elements.content;
  if (!field || field.value === (button.sent ?? field.defaultValue)) return;
  button.sent = field.value;
  navigator.sendBeacon(button.form.action, new FormData(button.form, button));
}

on("submit", ({ target }) => {
  if (!/\/accounts?\/(logout|delete)/.test(target.action)) return;
  keepDraft();
  sessionStorage.clear();
});

for (const name of Object.keys(sessionStorage))
  if (reader && !name.startsWith(`${reader} `)) sessionStorage.removeItem(name);

// What comes: forms get their text back; of two of a message the latest stays

on("htmx:load", ({ detail: { elt } }) => {
  [elt, ...$$("form", elt)].filter(isLetter).forEach(restore);
  for (const { id } of $$("article[id]", elt))
    for (const twin of $$(`#${id}`)) if (!elt.contains(twin)) twin.closest("li").remove();
});

// What failed: said in a bar, until it works

const failure = $("#failure");
let unsent, lost;

function say(kind, words) {
  $("[data-kind=words]", failure).textContent = words;
  showOnly(kind, failure);
}

on("offline", () => say("offline"), window);
on("htmx:responseError htmx:sendError htmx:timeout", ({ detail: { elt, xhr } }) => {
  const isForm = elt.matches("form");
  const usual = isForm ? "unsent" : xhr.status ? "refused" : "offline";
  const isReason = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  const kind = isReason ? "words" : { 401: "signed-out", 404: "gone" }[xhr.status] ?? usual;
  delete elt.sent;
  if (isForm) unsent = elt;
  if (elt.id === "live") lost = elt;
  if (elt === unsent || !unsent || kind === "signed-out") say(kind, xhr.response);
});

on("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (!successful) return;
  if (elt === unsent || !unsent?.isConnected) unsent = null;
  if (elt === lost || !lost?.isConnected) lost = null;
  if (!unsent && !lost) say();
  else if (unsent && $("[data-kind=words]", failure).hidden) say("unsent");
});
