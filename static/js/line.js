// The responsibility line. Changing a placement or the service takes back what the
// last check said about it; the server says the rest.
function forget(duty) {
  duty.classList.remove("right", "wrong");
  duty.querySelector(".say")?.remove();
}

function tally(form) {
  const duties = [...form.querySelectorAll(".duty")];
  const placed = duties.filter((duty) => duty.querySelector(":checked")).length;
  const service = form.querySelector("[name=service]:checked");
  const says = form.querySelector("[data-tally]");
  says.textContent = says.dataset.words
    .replace("{placed}", placed)
    .replace("{total}", duties.length)
    .replace("{service}", service?.dataset.name ?? "");
  form.querySelector("[data-go-on]")?.remove();
  for (const column of form.querySelectorAll("[data-column]")) {
    column.classList.toggle("current", column.dataset.column === service?.value);
    column.classList.remove("fresh");
  }
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-line]");
  if (!form) return;
  if (target.name === "service") form.querySelectorAll(".duty").forEach(forget);
  else if (target.closest(".duty")) forget(target.closest(".duty"));
  tally(form);
});

// What was placed stays where it is, so there is nothing to ask the server for.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go-on]");
  const service = button?.form.querySelector(`[name=service][value="${button.value}"]`);
  if (!service) return;
  event.preventDefault();
  service.checked = true;
  service.dispatchEvent(new Event("input", { bubbles: true }));
  service.dispatchEvent(new Event("change", { bubbles: true }));
  service.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  service.closest("fieldset").scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
});

// --- which services a guest has finished: remembered outside the form -------------

const before = document.querySelector("[data-been-before]");
const keys = (text) => text.split(" ").filter(Boolean);

function remember(form) {
  const all = [...new Set([...keys(before.value), ...keys(form.dataset.finished)])].join(" ");
  if (all === before.value) return;
  before.value = all;
  before.dispatchEvent(new Event("input", { bubbles: true }));
}

// They came back with a reload: the server draws their columns.
function draw() {
  for (const key of keys(before.value)) {
    const mark = document.querySelector(`[data-been="${CSS.escape(key)}"]`);
    if (mark) mark.hidden = false;
  }
  const service = before.form.querySelector("[name=service]:checked")?.value ?? "";
  const asked = new URLSearchParams({ finished: before.value, service });
  const place = { target: ".so-far", select: ".so-far", swap: "outerHTML" };
  globalThis.htmx.ajax("GET", `${before.dataset.beenBefore}?${asked}`, place);
}

if (before) {
  document.addEventListener("htmx:load", ({ detail }) => {
    const form = detail.elt.querySelector?.("[data-line]");
    if (form) remember(form);
  });
  before.addEventListener("keep:restored", () => setTimeout(draw));
}
