// What HTML and htmx cannot do by themselves. Every story also works without this file.

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
const isReason = (xhr) => xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");

// Who sends: with the token as it is now, and for whom the page was made

on("htmx:configRequest", ({ detail: { elt, headers, parameters } }) => {
  elt.sent = parameters.content;
  delete parameters.csrfmiddlewaretoken;
  headers["X-CSRFToken"] = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  headers["X-Made-For"] = reader;
});

// When to poll: every 5 s in use, slower when idle, at once on return; never hidden or offline

const BUSY = 5000, IDLE = 30000, SLOWER = 1.5;
let pause = BUSY, timer = setTimeout(poll, pause);

function poll() {
  clearTimeout(timer);
  if (document.hidden || !navigator.onLine) return;
  htmx.trigger(body, "poll");
  $$("[data-stale]").forEach(fetchAgain);
  timer = setTimeout(poll, pause);
  pause = Math.min(pause * SLOWER, IDLE);
}

const pollNow = () => { pause = BUSY; poll(); };
on("visibilitychange", pollNow, document);
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

// Pieces: what holds a form or a selection is left alone and fetched later

const isInUse = (piece) => $("form", piece) || (
  !getSelection().isCollapsed && getSelection().containsNode(piece, true));

const setAside = (article) => { article.dataset.stale = ""; };

function fetchAgain(article) {
  if (isInUse(article)) return;
  delete article.dataset.stale;
  const place = { source: article, target: article, swap: "outerHTML" };
  htmx.ajax("GET", $(".permalink", article).pathname, place).catch(() => setAside(article));
}

on("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  const isList = target.id === "conversation";
  if (fragment.localName === "ol") return join(detail);
  if (!isList && !target.matches("article")) return;
  if (isInUse(target) || (isList && $("details[open]", target))) {
    detail.shouldSwap = false;
    isList ? showNewer("stale") : setAside(target);
  } else if (isList) {
    isStale = false;
    showNewer();
  } else {
    fragment.firstElementChild.ariaCurrent = target.ariaCurrent;
    for (const rest of $$("details", fragment)) rest.open = $("details[open]", target);
  }
});

// What is new joins a list that is shown up to its end; one's own always does

function join(detail) {
  const { target, fragment } = detail;
  if (!$(".mine", fragment) && $(":scope > .more:last-child", target)) detail.shouldSwap = false;
  else if (target.id !== "conversation") return;
  else if (hasSent || isAtEnd()) setTimeout(toEnd);
  else showNewer("new", $$("article", fragment).length);
}

// A conversation follows at its end; further up it stays, and says what has come

const scroller = $(".chat .scroll"), newer = $("#newer");
const isAtEnd = () => scroller.scrollTop > -50; // it is laid out from its end
let missed = 0, isStale = false, hasSent = false;

function showNewer(kind, count = 0) {
  isStale ||= kind === "stale";
  missed = kind ? missed + count : 0;
  $("[data-count]", newer).textContent = missed;
  showOnly(isStale ? "stale" : kind && (missed === 1 ? "one" : "many"), newer);
}

function toEnd() {
  scroller.scrollTop = 0;
  hasSent = false;
  showNewer();
}

if (scroller) {
  on("scroll", () => { if (isAtEnd()) showNewer(); }, scroller);
  on("click", () => { scroller.scrollTop ||= -1; }, scroller);
  on("click", (event) => {
    if (isStale) return;
    event.preventDefault();
    toEnd();
  }, newer);
}

on("htmx:oobErrorNoTarget", ({ detail: { target, content } }) => {
  if (target === "#conversation" && content.id) showNewer("stale");
});

// Focus: into what opens, back to what opened it, else to the control that replaced it

const PLACES = "[id^=message-], [id^=reply-], [id^=history-]";
const controls = (root) => [root, ...$$("a, button, summary", root)];
const openerOf = (place) => $(`[hx-target="#${place.id}"]:not(form)`);
let held;

on("htmx:beforeSwap htmx:oobBeforeSwap", ({ type, detail: { target } }) => {
  const was = document.activeElement;
  if (type === "htmx:beforeSwap") held = null;
  if (was === body || !target.contains(was)) return;
  const place = was.closest(PLACES) ?? target;
  held = { was, place, isIn: was.closest("form"), n: controls(place).indexOf(was) };
});

on("htmx:afterSwap htmx:oobAfterSwap", ({ target }) => {
  restoreAll();
  const field = $("textarea", target);
  if (field && !document.activeElement.matches("input, textarea")) {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
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
  if (key === "Enter" && hasKey(event)) target.form?.requestSubmit();
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

// What was typed is kept in this tab, with its form's key, until it is sent

const isLetter = (form) => form?.elements?.content;
const nameOf = (form) => [reader, form.getAttribute("action"), location.search].join(" ");
const forget = (form) => sessionStorage.removeItem(nameOf(form));
const store = (form, fields) => sessionStorage.setItem(nameOf(form), JSON.stringify(fields));
const keep = (form) =>
  store(form, [...new FormData(form)].filter(([name]) => !/^csrf|^made_for/.test(name)));

function restore(form) {
  const kept = JSON.parse(sessionStorage.getItem(nameOf(form)) ?? "[]");
  if ($("[role=alert]", form)) keep(form);
  else for (const [name, value] of kept)
    if (form.elements[name].value !== value) form.elements[name].value = value;
}

on("input", ({ target: { form } }) => { if (isLetter(form)) keep(form); });

on("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
  const isDone = xhr.status < 300, comesBack = [409, 422].includes(xhr.status) && !isReason(xhr);
  if (!isLetter(elt) || !(isDone || comesBack)) return;
  forget(elt);
  const { value } = elt.elements.content, isEdit = elt.matches(".editor");
  if (value !== elt.sent) // but what was added meanwhile
    store(elt, [["content", isEdit ? value : value.replace(elt.sent, "")]]);
  hasSent = isDone && elt.id === "composer";
  const place = isDone && elt.closest("[id^=reply-]");
  if (place) $(place.id.replace("reply", "details#replies"))?.setAttribute("open", "");
});

on("submit", ({ target }) => {
  if (/logout|delete/.test(target.action)) sessionStorage.clear();
});

for (const name of Object.keys(sessionStorage))
  if (reader && !name.startsWith(`${reader} `)) sessionStorage.removeItem(name);

const restoreAll = () => [...document.forms].filter(isLetter).forEach(restore);
restoreAll();

// Of two of a message the latest stays

on("htmx:load", ({ detail: { elt } }) => {
  for (const { id } of $$("article[id]", elt))
    for (const twin of $$(`#${id}`)) if (!elt.contains(twin)) twin.closest("li").remove();
});

// What failed: said in one bar, until it works

const failure = $("#failure");
let unsent, lost;

function say(kind, words) {
  $("[data-kind=words]", failure).textContent = words;
  showOnly(kind, failure);
}

function fail(elt, kind, words) {
  if (elt.matches("form")) unsent = elt;
  if (elt.id === "live") lost = elt;
  say(kind ?? (elt === unsent ? "unsent" : "refused"), words);
}

on("htmx:beforeSwap", ({ detail }) => {
  if (isReason(detail.xhr)) Object.assign(detail, { shouldSwap: false, isError: true });
});
on("htmx:responseError", ({ detail: { elt, xhr } }) => {
  const kind = { 401: "signed-out", 404: "gone" };
  fail(elt, isReason(xhr) ? "words" : kind[xhr.status], xhr.response);
});
on("htmx:sendError htmx:timeout", ({ detail: { elt } }) => {
  fail(elt, elt.matches("form") ? "unsent" : "offline");
});

on("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (!successful) return;
  if (elt === unsent || !unsent?.isConnected) unsent = null;
  if (elt === lost || !lost?.isConnected) lost = null;
  if (!unsent && !lost) say();
  else if (unsent && $("[data-kind=words]", failure).hidden) say("unsent");
});
