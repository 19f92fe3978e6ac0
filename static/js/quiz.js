// Times in the reader's own zone, and on an attempt which question is in view.
import { clock, day } from "./times.js";

function sayMoments() {
  for (const time of document.querySelectorAll("time[data-moment]:not([data-local])")) {
    time.textContent = time.dataset.moment === "clock" ? clock(time.dateTime) : day(time.dateTime);
    time.dataset.local = "";
  }
}

// The last question whose top is above this height is the one in view.
const eyeLine = () => innerHeight / 3;

function markQuestion() {
  const questions = [...document.querySelectorAll("[data-attempt] section[id^=q]")];
  const above = questions.filter((one) => one.getBoundingClientRect().top <= eyeLine());
  const current = above.at(-1) ?? questions[0];
  for (const link of document.querySelectorAll("#attempt-progress .dots a")) {
    if (current && link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

let waiting = false;
function markSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    markQuestion();
  });
}

function takeFocus() {
  const element = document.querySelector("[data-takes-focus]");
  element?.focus();
  element?.removeAttribute("data-takes-focus");
}

// What keeps and repeats an answer that was not taken is keep.js; this says so
// beside the question. 422 is an answer about the question, with words of its own.
function sayUnsaved({ detail: { elt, xhr } }) {
  const question = elt.closest("section[data-keep]");
  const answered = xhr.status && (xhr.status < 400 || xhr.status === 422);
  question?.toggleAttribute("data-unsaved", !answered);
  const way = question?.querySelector("[data-sign-in]");
  if (way) way.hidden = xhr.status !== 401;
}

sayMoments();
takeFocus();
if (document.querySelector("[data-attempt]")) {
  markQuestion();
  addEventListener("scroll", markSoon, { passive: true });
  addEventListener("resize", markSoon);
  document.addEventListener("htmx:afterRequest", sayUnsaved);
  document.addEventListener("htmx:afterSettle", () => {
    sayMoments();
    markQuestion();
    takeFocus();
  });
}
