// An answer that came without a new page: the reader is taken to its heading.
//
//   <h2 tabindex="-1" data-focus>   in what the server sends

document.addEventListener("htmx:load", ({ detail }) => {
  const { elt } = detail;
  const heading = elt.matches?.("[data-focus]") ? elt : elt.querySelector?.("[data-focus]");
  if (!heading) return;
  heading.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  heading.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
});
