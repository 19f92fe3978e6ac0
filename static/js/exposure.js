// The exposure explorer: what htmx cannot do by itself. Without it every button works
// as a plain form.

import { drawGutter } from "./writing.js";

const form = document.getElementById("exposure");
const ready = (area) => form.querySelectorAll(`[data-put="${area.id}"]:not([data-put-before])`);

// --- ready policies: put into the text here, so that it stays the same field -----------

function put(button) {
  const area = document.getElementById(button.dataset.put);
  const before = document.getElementById(`${area.id}_before`);
  const back = form.querySelector(`[data-put="${area.id}"][data-put-before]`);
  const comesBack = button === back;
  const text = comesBack ? before.value : button.dataset.text;
  const own = area.value.trim() !== "" && ![...ready(area)].some((each) => each.dataset.text === area.value);
  if (comesBack || own) before.value = area.value;
  back.hidden = before.value === "";
  area.value = text;
  for (const happened of ["input", "change"]) area.dispatchEvent(new Event(happened, { bubbles: true }));
}

function press(area) {
  for (const button of ready(area)) button.setAttribute("aria-pressed", button.dataset.text === area.value);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-put]");
  if (!button) return;
  event.preventDefault();
  put(button);
});

// --- a text is asked about once it rests --------------------------------------------------

const REST = 700;
let resting;

form.addEventListener("input", ({ target }) => {
  if (!target.matches("textarea")) return;
  press(target);
  clearTimeout(resting);
  resting = setTimeout(() => target.dispatchEvent(new Event("change", { bubbles: true })), REST);
});
form.addEventListener("change", () => clearTimeout(resting));

// Buttons with a name lead elsewhere; all else that sends the form asks for an answer.
form.addEventListener("submit", (event) => {
  if (event.submitter?.name) return;
  event.preventDefault();
  form.dispatchEvent(new Event("change"));
});

// --- answers --------------------------------------------------------------------------------

// Which column a phone shows outlives the table.
let column = "get";
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-column]")) column = target.value;
});

document.addEventListener("htmx:afterSwap", () => {
  const select = document.querySelector("[data-column]");
  if (select) select.value = column;
  for (const area of form.querySelectorAll("textarea")) {
    const wrong = document.querySelector(`[data-wrong="${area.id}"]`) !== null;
    if (wrong) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
  }
});

for (const area of form.querySelectorAll("textarea")) {
  drawGutter(area);
  press(area);
}
