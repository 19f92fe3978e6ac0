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
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-line]");
  if (!form) return;
  if (target.name === "service") form.querySelectorAll(".duty").forEach(forget);
  else if (target.closest(".duty")) forget(target.closest(".duty"));
  tally(form);
});
