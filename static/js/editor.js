// The policy editor: CodeMirror over each textarea[data-editor], once the page is at rest
// or the text is entered. The textarea stays the field of the form: it is sent, kept and
// restored, and what changes it (docs/keeping.md) changes the editor. How a page gets
// this is told in docs/lab.md.
//
//   data-editor="identity"       what the document is, unless a field says it:
//   data-editor-place="ID"       the field with the place it is attached at
//   data-editor-resource="ID"    the field with the resource (a role's makes it a trust policy)
//
// Remarks come from the site and stand beneath the text, as the page's own; the editor
// shows at their places what is written there.

import { completing } from "./completing.js";
import { bringUp, drawGutter, ICONS, icon, marksOf, offset, over } from "./writing.js";
import { highlights, theme } from "./editor-look.js";

const PAUSE = 350; // milliseconds of rest before the site is asked for remarks
const SIGNS = { error: "cross", security_warning: "alert", warning: "flag", suggestion: "info" };
const SEVERITIES = { error: "error", security_warning: "warning", warning: "warning", suggestion: "info" };

const script = document.querySelector("script[data-codemirror]");
const views = new Map(); // textarea -> EditorView
let parts; // the library's parts, once they are asked for

// --- remarks -------------------------------------------------------------------------

const regionOf = (area) => document.querySelector(`[data-problems="${area.id}"]`);

// What stands beneath the text, gravest first at each place.
function remarksOf(area, doc) {
  const found = [...(regionOf(area)?.querySelectorAll("[data-remark], .problems [data-caret]") ?? [])];
  return found.map((told) => {
    const [from, to] = (told.dataset.at ?? `${told.dataset.caret}-`).split("-");
    const at = placeIn(doc, from);
    const item = told.closest("li");
    return {
      from: at,
      to: Math.max(at, to ? placeIn(doc, to) : doc.lineAt(at).to),
      klass: told.dataset.remark ?? "error",
      sentence: (item.querySelector("[data-sentence]") ?? item.querySelector("p")).textContent.trim(),
      word: item.querySelector("b")?.textContent ?? "",
    };
  }).sort((one, two) => one.from - two.from);
}

function placeIn(doc, lineAndColumn) {
  const [line, column] = lineAndColumn.split(":").map(Number);
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(Math.max(1, line));
  return from + offset(text, 1, column);
}

function showRemarks(area) {
  const view = views.get(area);
  const { doc } = view.state;
  const found = remarksOf(area, doc);
  const diagnostics = found.map(({ from, to, klass, sentence, word }) => ({
    from, to, severity: SEVERITIES[klass], message: sentence, source: word, markClass: `cm-remark ${klass}`,
  }));
  const { state } = view;
  view.dispatch(parts.cm.setDiagnostics(state, diagnostics), { effects: view.signs.set.of(found) });
  const wrong = found.some(({ klass }) => klass === "error");
  view.contentDOM.setAttribute("aria-invalid", wrong);
}

// One document at a time is looked over, and one request at a time is on its way.
const check = document.getElementById("check");
const waiting = new Set();
let checking = null;
let timer;

function checkSoon(area, pause = PAUSE) {
  waiting.add(area);
  clearTimeout(timer);
  timer = setTimeout(checkNext, pause);
}

function checkNext() {
  const [area] = waiting;
  if (checking || !area || !check) return;
  waiting.delete(area);
  const region = regionOf(area);
  if (!area.isConnected || !region) return checkNext();
  checking = { area, text: area.value };
  const fields = { document: area.value, place: kindOf(area), resource: valueOf(area.dataset.editorResource), control: area.id };
  for (const [name, value] of Object.entries(fields)) check.elements.namedItem(name).value = value;
  check.setAttribute("hx-target", `#${region.id}`);
  globalThis.htmx.trigger(check, "editor:check");
}

// What was said since with a decision stands.
check?.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (checking?.overtaken) detail.shouldSwap = false;
});

check?.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
  if (!checking) return;
  const { area, text, overtaken } = checking;
  checking = null;
  const again = Number(xhr.getResponseHeader("Retry-After"));
  if (xhr.status === 429) return checkSoon(area, again * 1000);
  if (xhr.status === 200 && !overtaken && views.has(area) && area.isConnected) {
    delete regionOf(area).dataset.wrong;
    area.closest(".document")?.classList.remove("wrong");
    if (area.value === text) showRemarks(area);
    say(area);
  }
  if (waiting.size) checkSoon([...waiting][0], 0);
});

const said = document.querySelector("[data-say-remarks]");

// Read out when it is something else than before, and only while that text is written.
function say(area) {
  const told = regionOf(area).querySelector("[data-looked]")?.textContent.trim() ?? "";
  if (said && views.get(area).hasFocus && said.textContent !== told) said.textContent = told;
}

const valueOf = (id) => (id && document.getElementById(id)?.value) || "";
const kindOf = (area) => valueOf(area.dataset.editorPlace) || area.dataset.editor;

// --- signs in the gutter ---------------------------------------------------------------

// A gutter whose signs are set as a whole: `drawn(found, doc)` says which line gets what.
function signs(cm, name, drawn) {
  const set = cm.StateEffect.define();
  class Sign extends cm.GutterMarker {
    constructor(look, drawing, title) {
      super();
      this.elementClass = look;
      Object.assign(this, { look, drawing, title });
    }
    eq(other) {
      return this.look === other.look && this.drawing === other.drawing && this.title === other.title;
    }
    toDOM() {
      const sign = document.createElement("span");
      if (this.drawing) sign.append(icon(this.drawing));
      if (this.title) sign.title = this.title;
      return sign;
    }
  }
  const field = cm.StateField.define({
    create: () => cm.RangeSet.empty,
    update(value, transaction) {
      const effect = transaction.effects.find((each) => each.is(set));
      if (!effect) return value.map(transaction.changes);
      const { doc } = transaction.state;
      return cm.RangeSet.of(drawn(effect.value, doc).map(([line, ...sign]) => new Sign(...sign).range(doc.line(line).from)));
    },
  });
  const extension = [field, cm.gutter({ class: name, markers: (view) => view.state.field(field), initialSpacer: () => new Sign("", "", "") })];
  return { set, extension };
}

// A line with several remarks has the sign of the gravest.
function remarkSigns(found, doc) {
  const byLine = new Map();
  for (const remark of found) {
    const line = doc.lineAt(remark.from).number;
    const grave = byLine.get(line);
    const order = Object.keys(SIGNS);
    if (!grave || order.indexOf(remark.klass) < order.indexOf(grave.klass)) byLine.set(line, remark);
  }
  return [...byLine].sort(([one], [two]) => one - two).map(([line, { klass, word, sentence }]) => [line, klass, SIGNS[klass], `${word}: ${sentence}`]);
}

function markSigns(marks, doc) {
  return [...marks].filter(([line]) => line <= doc.lines).sort(([one], [two]) => one - two)
    .map(([line, { part, first }]) => [line, part, first ? ICONS[part] : "", ""]);
}

// --- the editor over a text --------------------------------------------------------------

async function library() {
  parts ??= import(script.dataset.codemirror).then((cm) => { parts.cm = cm; return cm; });
  try {
    return await parts;
  } catch {
    parts = undefined; // the textarea does it all; the next time it is entered tries again
    return null;
  }
}

const begun = new WeakSet();

async function begin(area) {
  if (begun.has(area)) return;
  begun.add(area);
  const cm = await library();
  if (!cm || !area.isConnected) return begun.delete(area);
  if (area.dataset.composing) await new Promise((go) => area.addEventListener("compositionend", () => setTimeout(go), { once: true }));
  put(cm, area);
}

function put(cm, area) {
  const marks = signs(cm, "cm-marks", markSigns);
  const remarks = signs(cm, "cm-signs", remarkSigns);
  const label = area.labels[0]?.textContent ?? "";
  const focused = document.activeElement === area;
  const fromSite = cm.Annotation.define();
  const hint = document.getElementById("editor-words").content.firstElementChild.cloneNode(true);
  hint.id = `${area.id}-hint`;
  const view = new cm.EditorView({
    doc: area.value,
    selection: { anchor: Math.min(area.selectionStart, area.selectionEnd), head: area.selectionEnd },
    extensions: [
      script.nonce ? cm.EditorView.cspNonce.of(script.nonce) : [],
      remarks.extension,
      cm.lineNumbers(),
      marks.extension,
      cm.history(),
      cm.indentUnit.of("  "),
      cm.json(),
      cm.bracketMatching(),
      cm.closeBrackets(),
      cm.highlightActiveLine(),
      cm.search({ top: true }),
      cm.autocompletion({ override: [completing(cm, { address: script.dataset.complete, kind: () => kindOf(area) })], icons: false }),
      cm.syntaxHighlighting(highlights(cm)),
      theme(cm),
      cm.keymap.of([
        { key: "Mod-Enter", run: () => { area.form?.requestSubmit(); return true; } },
        { key: "Tab", run: cm.acceptCompletion },
        { key: "F8", run: cm.nextDiagnostic },
        ...cm.closeBracketsKeymap, ...cm.completionKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.defaultKeymap,
        cm.indentWithTab,
      ]),
      cm.EditorView.contentAttributes.of({
        id: `${area.id}-editor`, "aria-label": label, spellcheck: "false", autocapitalize: "none", tabindex: "0",
        "aria-describedby": `${area.getAttribute("aria-describedby") ?? ""} ${hint.id}`.trim(),
      }),
      cm.EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        checkSoon(area);
        if (update.transactions.some((each) => each.annotation(fromSite))) return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: { typed: true } }));
      }),
      tabbing(cm),
    ],
  });
  view.signs = { set: remarks.set };
  views.set(area, view);
  area.closest(".code")?.querySelector(".gutter")?.remove();
  area.after(view.dom, hint);
  area.tabIndex = -1;
  area.setAttribute("aria-hidden", "true");
  over.set(area, {
    mark: (found) => view.dispatch({ effects: marks.set.of(found) }),
    go: (line, column) => go(cm, view, line, column),
  });
  follow(area, view, fromSite);
  over.get(area).mark(marksOf(area));
  showRemarks(area);
  if (!regionOf(area)?.querySelector("[data-looked]")) checkSoon(area);
  if (focused) view.focus();
}

// What else changes or enters the textarea: a draft that comes back, its label.
function follow(area, view, fromSite) {
  const take = () => {
    const text = area.value;
    if (text === view.state.doc.toString()) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: fromSite.of(true) });
  };
  area.addEventListener("input", take);
  area.addEventListener("change", take);
  area.addEventListener("focus", () => {
    const { selectionStart: anchor, selectionEnd: head } = area;
    if (anchor !== head) view.dispatch({ selection: { anchor, head: Math.min(head, view.state.doc.length) } });
    view.focus();
  });
}

function go(cm, view, line, column) {
  const from = placeIn(view.state.doc, `${line}:${column}`);
  const { to } = view.state.doc.lineAt(from);
  view.dispatch({ selection: { anchor: from, head: column > 1 ? Math.min(from + 1, to) : to }, effects: cm.EditorView.scrollIntoView(from, { y: "center" }) });
  view.contentDOM.focus({ preventScroll: true });
  const place = view.coordsAtPos(from) ?? view.dom.getBoundingClientRect();
  bringUp(place.top);
}

// Who comes by Tab goes on by Tab; once something is typed or clicked, Tab indents.
function tabbing(cm) {
  let clicked = false;
  let passing = false;
  return [
    cm.EditorView.domEventHandlers({
      mousedown(_event, view) {
        clicked = true;
        if (passing) view.setTabFocusMode(false);
        passing = false;
      },
      focus(_event, view) {
        if (clicked) return;
        passing = true;
        view.setTabFocusMode(true);
      },
      blur() {
        clicked = false;
      },
    }),
    cm.EditorView.updateListener.of((update) => {
      if (!passing || !update.transactions.some((each) => each.isUserEvent("input") || each.isUserEvent("delete"))) return;
      passing = false;
      update.view.setTabFocusMode(false);
    }),
  ];
}

// --- when --------------------------------------------------------------------------------

// Near the window and at rest; with little data to spare only once a text is entered.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    atRest(() => begin(target));
  }
}, { rootMargin: "200px" });

const atRest = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200));
const sparing = navigator.connection?.saveData === true;

function look(root) {
  for (const area of root.querySelectorAll("textarea[data-editor]")) {
    if (begun.has(area) || sparing) continue;
    seen.observe(area);
  }
}

for (const happened of ["compositionstart", "compositionend"]) {
  document.addEventListener(happened, ({ target }) => {
    if (!target.matches?.("textarea[data-editor]")) return;
    if (happened === "compositionstart") target.dataset.composing = "";
    else delete target.dataset.composing;
  });
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("textarea[data-editor]")) begin(target);
});

// An answer came for all of the page: it has remarks on the text, or they are asked for.
function meet(area) {
  if (checking?.area === area) checking.overtaken = true;
  waiting.delete(area);
  if (!regionOf(area)?.querySelector("[data-looked]")) checkSoon(area);
}

// A piece of the page that is moved loses its selection, and in some browsers its focus.
let entered = null;
document.addEventListener("htmx:beforeSwap", () => {
  const view = [...views.values()].find((each) => each.hasFocus);
  entered = view ? { view, selection: view.state.selection } : null;
});

document.addEventListener("htmx:afterSwap", () => {
  if (entered?.view.dom.isConnected && [document.body, entered.view.contentDOM].includes(document.activeElement)) {
    entered.view.focus();
    select(entered);
  }
  entered = null;
});

// The library would not see that the browser's selection is another one.
function select({ view, selection: { main } }) {
  const [anchor, head] = [view.domAtPos(main.anchor), view.domAtPos(main.head)];
  getSelection().setBaseAndExtent(anchor.node, anchor.offset, head.node, head.offset);
}

document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  for (const [area, view] of views) {
    if (!area.isConnected) {
      view.destroy();
      views.delete(area);
    } else if (elt.contains(area)) {
      if (view.dom.parentElement !== area.parentElement) area.after(view.dom);
      drawGutter(area);
      showRemarks(area);
      meet(area);
    }
  }
  look(elt);
});

// Where a document is attached settles what may stand in it.
document.addEventListener("change", ({ target }) => {
  for (const area of views.keys()) {
    if (target.id && [area.dataset.editorPlace, area.dataset.editorResource].includes(target.id)) checkSoon(area);
  }
});

if (document.readyState === "complete") look(document);
else addEventListener("load", () => look(document));
