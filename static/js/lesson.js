// Marks in the list of contents which part of the lesson is being read.
const contents = document.querySelector("[data-contents]");
const links = new Map(
  [...(contents?.querySelectorAll("a") ?? [])].map((link) => [link.hash.slice(1), link]),
);
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

function mark(id) {
  for (const [other, link] of links) {
    if (other === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// The last heading above this height is the one being read.
const eyeLine = () => Math.min(240, innerHeight / 3);

function look() {
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const above = headings.filter((heading) => heading.getBoundingClientRect().top <= eyeLine());
  const current = atEnd ? headings.at(-1) : above.at(-1);
  mark(current?.id);
}

let waiting = false;
function lookSoon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    look();
  });
}

// Where there is room the list stands open; a stylesheet cannot say so everywhere.
if (contents && matchMedia("(min-width: 66rem)").matches) contents.open = true;

if (headings.length) {
  addEventListener("scroll", lookSoon, { passive: true });
  addEventListener("resize", lookSoon);
  look();
}
