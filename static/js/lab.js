// The bench: what the server's answer cannot do by itself.
//
// Every answer replaces the form. The texts of policies in it stay the same elements
// (hx-preserve), so the caret and what is typed meanwhile are not lost; what the
// answer says about them is put on here. The rows that the bench has are remembered
// by two hidden fields outside the form, and missing rows are asked for again.

import { drawGutter, texts } from "./writing.js";

const bench = () => document.getElementById("bench");
const first = new Map(); // name of a field -> what it held when the page was loaded

// --- the page's own values stay those of the first load ----------------------

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && field.matches("input, select, textarea") && field.type !== "hidden" && field.type !== "radio",
  );
}

function defaultOf(field) {
  if (field.type === "checkbox") return field.defaultChecked;
  if (field.options) return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0].value;
  return field.defaultValue;
}

function setDefault(field, value) {
  if (field.type === "checkbox") {
    const is = field.checked;
    field.defaultChecked = value;
    field.checked = is;
  } else if (field.options) {
    const is = field.value;
    for (const option of field.options) option.defaultSelected = option.value === value;
    field.value = is;
  } else if (field.defaultValue !== value) {
    const is = field.value;
    field.defaultValue = value;
    field.value = is;
  }
}

// What the server puts into a row that the page did not have at first.
function blank(field) {
  if (field.type === "checkbox") return true;
  if (field.name.endsWith("-document")) return bench().dataset.blankDocument;
  if (field.name.endsWith("-level")) return "account";
  return field.options ? field.options[0].value : "";
}

function remember(form) {
  for (const field of fieldsOf(form)) first.set(field.name, defaultOf(field));
}

function keepDefaults(form) {
  for (const field of fieldsOf(form)) setDefault(field, first.get(field.name) ?? blank(field));
}

// --- rows ----------------------------------------------------------------------

const rowFields = () => [...document.querySelectorAll("[data-rows]")];

function rowsOf(form, field) {
  return field.name === "policy_rows" ? form.dataset.policyRows : form.dataset.contextRows;
}

function takeRows(form) {
  for (const field of rowFields()) {
    if (field.value === rowsOf(form, field)) continue;
    field.value = rowsOf(form, field);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Rows came back that this page does not have: the server draws them.
function fetchRows() {
  const form = bench();
  if (rowFields().every((field) => field.value === rowsOf(form, field))) return;
  globalThis.htmx.ajax("POST", form.dataset.bench, { source: form, target: form, swap: "outerHTML" });
}

let asked;
document.addEventListener("keep:restored", ({ target }) => {
  if (!target.matches("[data-rows]")) return;
  clearTimeout(asked);
  asked = setTimeout(fetchRows);
});

// --- answers ---------------------------------------------------------------------

// A quote that is wider than its box shows the place that it is about.
function showCaret(quote) {
  const marked = quote.querySelector(".caret")?.firstChild;
  const from = marked?.data.indexOf("^") ?? -1;
  if (from < 0) return;
  const range = document.createRange();
  range.setStart(marked, from);
  range.setEnd(marked, marked.length);
  const { right } = range.getBoundingClientRect();
  const edge = quote.getBoundingClientRect().right;
  if (right > edge) quote.scrollLeft += right - edge + 40;
}

function dress(form) {
  for (const area of texts(form)) {
    const wrong = document.querySelector(`[data-problems="${area.id}"]`)?.dataset.wrong !== undefined;
    if (wrong) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
    drawGutter(area);
  }
  form.querySelectorAll(".problems .quote, .remarks .quote").forEach(showCaret);
}

function say(form) {
  const said = document.querySelector("[data-say]");
  if (said && form.dataset.decided) said.textContent = form.dataset.decided;
}

// A verdict speaks of what was there when it was found.
function goStale(event) {
  if (event.target.closest("[data-keep-skip], [name=scenario_json], .cm-editor") || !event.target.name) return;
  if (!event.target.matches("[data-rows], [data-place]")) markStale();
}

function markStale() {
  const bar = document.querySelector("#verdict[data-verdict]");
  if (!bar) return;
  bar.classList.add("is-stale");
  bar.querySelector(".stale").hidden = false;
  for (const code of bench().querySelectorAll(".code[data-marks]")) {
    if (!code.dataset.marks) continue;
    code.dataset.marks = "";
    drawGutter(code.querySelector("textarea"));
  }
}

for (const happened of ["input", "change"]) {
  document.addEventListener(happened, (event) => {
    if (!event.target.closest("#bench")) return;
    // What was typed into the editor over a text arrives as an event of the text.
    if (event.isTrusted || event.detail?.typed) goStale(event);
  });
}

// A draft was discarded, or that was taken back.
document.addEventListener("keep:changed", ({ target }) => {
  if (target === bench()) markStale();
});

// Before keep.js looks at the new form (htmx:load): what the site would say is the
// page as it was loaded, not the echo of what was typed.
document.addEventListener("htmx:afterSwap", () => {
  const form = bench();
  if (form) keepDefaults(form);
});

document.addEventListener("htmx:load", ({ detail }) => {
  const form = bench();
  if (!form || detail.elt !== form) return;
  dress(form);
  takeRows(form);
  say(form);
  // Counts as typed, so that an import or a new row is kept as well.
  fieldsOf(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
});

const loaded = bench();
if (loaded) {
  remember(loaded);
  dress(loaded);
}
