// A policy as text in a textarea[data-policy]: its height, line numbers, what each
// statement did, and the way to a place in it. editor.js puts a better editor over it;
// what is done to a text is asked for here, whichever of the two is there.
//
//   <div class="code" data-marks="4-9:allowed 10-18:none">
//     <div class="writing"><textarea data-policy="0">...

export const ICONS = { allowed: "tick", denied: "stop", none: "circle" };
const MOST_LINES = 30;
const FEWEST_LINES = 5;

// textarea -> {go(line, column), mark(marks)} of the editor over it
export const over = new WeakMap();

export const texts = (root = document) => root.querySelectorAll("textarea[data-policy]");

export function icon(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawn.setAttribute("class", "icon");
  use.setAttribute("href", `#${name}`);
  drawn.append(use);
  return drawn;
}

// --- the gutter ------------------------------------------------------------------

// By line: the part of its statement, and whether the statement begins there.
export function marksOf(area) {
  const found = new Map();
  const told = area.closest("[data-marks]")?.dataset.marks ?? "";
  for (const mark of told.split(" ").filter(Boolean)) {
    const [, start, end, part] = /^(\d+)-(\d+):(\w+)$/.exec(mark);
    for (let line = Number(start); line <= Number(end); line += 1) found.set(line, { part, first: line === Number(start) });
  }
  return found;
}

export function drawGutter(area) {
  const code = area.closest(".code");
  const marks = marksOf(area);
  if (over.has(area)) return over.get(area).mark(marks);
  const lines = area.value.split("\n").length;
  area.rows = Math.min(MOST_LINES, Math.max(FEWEST_LINES, lines));
  if (!code) return;
  const gutter = code.querySelector(".gutter") ?? addGutter(code, area);
  gutter.replaceChildren(...Array.from({ length: lines }, (_, at) => lineNumber(at + 1, marks.get(at + 1))));
  gutter.scrollTop = area.scrollTop;
}

function addGutter(code, area) {
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  code.prepend(gutter);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  return gutter;
}

function lineNumber(number, mark) {
  const line = document.createElement("span");
  const sign = document.createElement("span");
  const text = document.createElement("span");
  text.textContent = number;
  if (mark) line.className = mark.part;
  if (mark?.first) sign.append(icon(ICONS[mark.part]));
  line.append(sign, text);
  return line;
}

// --- places ----------------------------------------------------------------------

// Columns count characters; the browser counts UTF-16 units.
export function offset(text, line, column) {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length);
}

function putCaret(area, line, column) {
  area.closest("details")?.setAttribute("open", "");
  if (over.has(area)) return over.get(area).go(line, column);
  const at = offset(area.value, line, column);
  const end = column > 1 ? at + 1 : at + (area.value.split("\n")[line - 1] ?? "").length;
  area.focus({ preventScroll: true });
  area.setSelectionRange(at, end);
  const height = Number.parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 4) * height);
  bringUp(area.getBoundingClientRect().top + line * height - area.scrollTop);
}

// Scrolls the page until what is `top` pixels below the window's edge stands well.
export function bringUp(top) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollTo({ top: top + scrollY - innerHeight / 3, behavior: calm ? "auto" : "smooth" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-caret]");
  if (!link) return;
  const area = document.getElementById(link.dataset.caretIn ?? link.hash.slice(1));
  if (!area?.matches("textarea[data-policy]")) return;
  event.preventDefault();
  putCaret(area, ...link.dataset.caret.split(":").map(Number));
});

document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea[data-policy]")) drawGutter(target);
});
