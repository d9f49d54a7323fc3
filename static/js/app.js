// What HTML and htmx cannot do by themselves: when to poll, what a swap must not disturb, where the
// focus goes, what was typed and is not sent yet, and what to say when something fails. Every story
// also works without this file.

const { body } = document;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (event, listener, target = body) => target.addEventListener(event, listener);
const showOnly = (kind, root) => {
  root.hidden = !kind;
  for (const words of $$("[data-kind]", root)) words.hidden = words.dataset.kind !== kind;
};

// Who sends: the token as it is now (a sign-in elsewhere renews it), and for whom the page was made

on("htmx:configRequest", ({ detail: { headers } }) => {
  headers["X-CSRFToken"] = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  headers["X-Made-For"] = body.dataset.user ?? "";
});

// When to poll: every 5 s in use, ever slower to 30 s when idle, at once on return; never while
// hidden or offline

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

function pollNow() {
  pause = BUSY;
  poll();
}

function quicken() {
  if (pause <= BUSY * SLOWER) return;
  pause = BUSY;
  clearTimeout(timer);
  timer = setTimeout(poll, pause);
}

on("visibilitychange", pollNow, document);
on("online", pollNow, window);
for (const use of ["keydown", "pointerdown", "wheel"])
  addEventListener(use, quicken, { passive: true });

// What is unread: also in the title

on("htmx:afterSettle", () => {
  const count = $("#unread-badge")?.firstChild?.textContent.trim();
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
});

// Pieces: what holds a form, a selection or something unfolded is left alone and fetched later

const isSelected = (piece) =>
  !getSelection().isCollapsed && getSelection().containsNode(piece, true);
const isInUse = (piece) => $("form, details[open]", piece) || isSelected(piece);

function fetchAgain(article) {
  const source = $(".permalink", article)?.pathname;
  if (source && !isInUse(article))
    htmx.ajax("GET", source, { target: article, swap: "outerHTML" });
}

on("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  if (fragment.localName === "ol") join(detail);
  else if (target.matches("article, #conversation") && isInUse(target)) {
    detail.shouldSwap = false;
    if (target.matches("article")) target.dataset.stale = "";
    else showNewer("stale");
  }
});

// What is new joins a list that is shown up to its end; one's own always does

function join(detail) {
  const { target, fragment } = detail;
  const isMine = $(".mine", fragment);
  if (!isMine && $(":scope > .more:last-child", target)) detail.shouldSwap = false;
  else if (target.id !== "conversation") return;
  else if (isMine) setTimeout(toEnd);
  else if (!isAtEnd()) showNewer("new", $$("article", fragment).length);
}

// Whatever joined is there once: the latest of two stays

on("htmx:load", ({ detail: { elt } }) => {
  for (const { id } of $$("article[id]", elt))
    for (const twin of $$(`#${id}`)) if (!elt.contains(twin)) twin.closest("li").remove();
});

// A conversation follows at its end; further up it stays, and says what has come

const scroller = $(".chat .scroll"), newer = $("#newer");
const isAtEnd = () => Math.abs(scroller.scrollTop) < 50; // it is laid out from its end
let missed = 0;

function showNewer(kind, count = 0) {
  missed = kind ? missed + count : 0;
  if (kind === "new") kind = missed === 1 ? "one" : "many";
  for (const place of $$("[data-count]", newer)) place.textContent = missed;
  showOnly(kind, newer);
}

function toEnd() {
  scroller.scrollTop = 0;
  showNewer();
}

if (scroller) {
  on("scroll", () => { if (missed && isAtEnd()) showNewer(); }, scroller);
  on("click", (event) => {
    if (!missed) return;
    event.preventDefault();
    toEnd();
  }, newer);
}

on("htmx:oobErrorNoTarget", ({ detail: { target, content } }) => {
  if (target === "#conversation" && content.id) showNewer("stale");
});

// Focus: into a form that opens; back to what opened it; else to the control that replaced it

const PLACES = "[id^=message-], [id^=reply-], [id^=history-]";
const controls = (root) => [root, ...$$("a, button, summary", root)];
const openerOf = (place) => $(`[hx-target="#${place.id}"]:not(form)`);
let held;

function holdFocus({ type, detail: { target } }) {
  const active = document.activeElement;
  if (type === "htmx:beforeSwap") held = null;
  if (active === body || !target.contains(active)) return;
  const { id } = active.closest(PLACES) ?? target;
  held = { id, n: controls(document.getElementById(id)).indexOf(active), was: active };
}

function giveFocus({ target }) {
  const field = $("textarea", target);
  if (field && !document.activeElement.matches("input, textarea")) {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  } else if (held && !held.was.isConnected) {
    const place = document.getElementById(held.id);
    if (held.was.form || held.n < 0) openerOf(held)?.focus();
    else if (place) controls(place)[held.n]?.focus();
    held = null;
  }
}

for (const event of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) on(event, holdFocus);
for (const event of ["htmx:afterSwap", "htmx:oobAfterSwap"]) on(event, giveFocus);

// Keys and clicks: Ctrl or Cmd with Enter sends, Escape closes, a click with a key stays the browser's

on("keydown", (event) => {
  const { target, key, isComposing } = event;
  const open = target.closest("form, .history") ?? $(target.getAttribute("hx-target") ?? "none");
  if (key === "Escape" && open && !isComposing) $(".close", open)?.click();
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) target.form?.requestSubmit();
});

addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) event.stopPropagation();
}, true);

on("click", (event) => {
  const link = event.target.closest(".close");
  if (!link) return;
  if (event.isTrusted && link.closest("form")) forget(link.closest("form")); // not by Escape
  const place = link.closest("[id^=reply-], [id^=history-]");
  const opener = place && openerOf(place);
  if (!opener) return;
  event.preventDefault();
  place.removeAttribute("class");
  place.replaceChildren();
  opener.focus();
});

// What was typed is kept with its form's key and version, in this tab, until the site has taken it

const NOT_KEPT = ["csrfmiddlewaretoken", "made_for"];
const nameOf = (form) =>
  [body.dataset.user, form.getAttribute("action"), form.elements.receiver?.defaultValue].join(" ");
const forget = (form) => sessionStorage.removeItem(nameOf(form));

function restore(root) {
  for (const form of [root, ...$$("form", root)]) {
    const kept = form.elements?.content && sessionStorage.getItem(nameOf(form));
    if (kept) for (const [name, value] of JSON.parse(kept)) form.elements[name].value = value;
  }
}

on("input", ({ target: { form } }) => {
  if (!form?.elements.content) return;
  const fields = [...new FormData(form)].filter(([name]) => !NOT_KEPT.includes(name));
  sessionStorage.setItem(nameOf(form), JSON.stringify(fields));
});

on("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
  if (!elt.elements?.content || xhr.status >= 300) return;
  forget(elt);
  const place = elt.closest("[id^=reply-]");
  if (place) $(place.id.replace("reply", "details#replies"))?.setAttribute("open", "");
});

for (const name of Object.keys(sessionStorage))
  if (body.dataset.user && !name.startsWith(`${body.dataset.user} `)) sessionStorage.removeItem(name);
restore(document);
on("htmx:load", ({ detail: { elt } }) => restore(elt));

// A form on its way is not sent again, and nothing is typed that would be lost with it

on("htmx:confirm", (event) => {
  if (event.detail.elt.matches("form.htmx-request")) event.preventDefault();
});

const hold = (isHeld) => ({ detail: { elt } }) => {
  if (elt.elements?.content) elt.elements.content.readOnly = isHeld;
};
on("htmx:beforeSend", hold(true));
on("htmx:afterRequest", hold(false));

// What failed: said in one bar, in words, until it has worked

const failure = $("#failure");
let unsent;

function say(kind, words) {
  if (!failure) return;
  $("[data-kind=words]", failure).textContent = words;
  showOnly(kind, failure);
}

function fail({ elt }, kind, words) {
  const isSending = elt.matches("form");
  if (isSending) unsent = elt;
  say(kind ?? (isSending ? "unsent" : "refused"), words);
}

on("htmx:beforeSwap", ({ detail }) => {
  if (!detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain")) return;
  detail.shouldSwap = false; // a reason, for the bar
  detail.isError = true;
});
on("htmx:responseError", ({ detail }) => {
  const { status, response } = detail.xhr;
  const isReason = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  fail(detail, isReason ? "words" : { 401: "signed-out", 404: "gone" }[status], response);
});
for (const lost of ["htmx:sendError", "htmx:timeout"])
  on(lost, ({ detail }) => fail(detail, detail.elt.matches("form") ? "unsent" : "offline"));

on("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (!successful) return;
  if (elt === unsent || !unsent?.isConnected) unsent = null;
  if (!unsent) say();
  else if (!$("[data-kind=words]:not([hidden])", failure)) say("unsent");
});
