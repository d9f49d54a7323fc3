// What HTML and htmx cannot do by themselves: when to poll, who sends, and what to say when
// something fails. Every story also works without this file.

const { body } = document;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Who sends: the token as it is now (a sign-in elsewhere renews it), and for whom the page was made

body.addEventListener("htmx:configRequest", ({ detail: { headers } }) => {
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

document.addEventListener("visibilitychange", pollNow);
addEventListener("online", pollNow);
for (const use of ["keydown", "pointerdown", "wheel"])
  addEventListener(use, quicken, { passive: true });

// What failed: said in one bar, in words, until something works again

const failure = $("#failure");

function say(kind) {
  if (!failure) return;
  for (const words of $$("[data-kind]", failure)) words.hidden = words.dataset.kind !== kind;
  failure.hidden = !kind;
}

body.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) say(); });
body.addEventListener("htmx:responseError", ({ detail: { xhr: { status } } }) => {
  say(status === 401 ? "signed-out" : "refused");
});
for (const lost of ["htmx:sendError", "htmx:timeout"])
  body.addEventListener(lost, () => say("offline"));

// What is unread: also in the title

body.addEventListener("htmx:afterSettle", () => {
  const count = $("#unread-badge")?.firstChild?.textContent.trim();
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\+?\) /, "");
});
