// What was typed survives: a reload, a crash, a lost connection, the end of a
// sign-in. The contract with templates, widgets and views is docs/keeping.md:
//
//   <form data-keep="KEY">        kept on input, restored on load, cleared once sent
//   <textarea data-keep="KEY">    the same for one field, apart from its form
//   data-keep-until="discarded"   keep on after a successful send
//   data-keep-skip                on a field: never kept
//   data-keep-quiet               on a hidden field: comes back without a notice
//   data-kept-status              an empty element in the form: "Kept on this device"
//   data-keep-forget              on a form that signs out: drafts go before it is sent
//   data-keep-resend              on the form that sends a refused form again
//   data-refused                  anywhere: this page answers a form it did not accept
//
// Where drafts lie and what is in them: drafts.js. The words come from
// templates/_keep.html. After restoring, changed fields get `input` and `change`, and
// the kept element gets `keep:restored`; when a reader discards a draft or takes that
// back, it gets `keep:changed`.

import { attempt, drafts, find, person, place, read, remove, sweep, tab, write } from "./drafts.js";
import { moment } from "./times.js";

const PAUSE = 300;
const KEPT = "input, select, textarea";
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "image", "reset"]);

const kept = new Map(); // element -> Kept
let forgotten = false; // signed out, here or in another tab
let lastStatus = 200; // of the answer that htmx swapped in last

// --- fields ------------------------------------------------------------------

function isKept(control, alone) {
  if (!control.name || control.matches("[data-keep-skip], [name=csrfmiddlewaretoken]")) return false;
  return alone || (!NEVER.has(control.type) && !control.dataset.keep);
}

function controlsOf(element) {
  if (element.matches(KEPT)) return isKept(element, true) ? [element] : [];
  const all = element.elements ?? element.querySelectorAll(KEPT);
  return [...all].filter((control) => control.matches(KEPT) && isKept(control, false));
}

// [[id, control], ...]: a radio group shares one id, a checkbox has its value in it,
// fields of the same name are counted.
function named(controls) {
  const seen = new Map();
  return controls.map((control) => {
    const { name, type, value } = control;
    if (type === "radio") return [name, control];
    if (type === "checkbox") return [`${name}=${value}`, control];
    const number = seen.get(name) ?? 0;
    seen.set(name, number + 1);
    return [number ? `${name}#${number}` : name, control];
  });
}

function chosen(select, isOn) {
  const options = [...select.options].filter(isOn).map((option) => option.value);
  if (select.multiple) return options.join("\n");
  return options.at(-1) ?? select.options[0]?.value ?? "";
}

function valueOf(control, fromSite) {
  if (control.type === "checkbox") return fromSite ? control.defaultChecked : control.checked;
  if (control.options) {
    return chosen(control, (option) => (fromSite ? option.defaultSelected : option.selected));
  }
  return fromSite ? control.defaultValue : control.value;
}

// What the fields hold, or (`fromSite`) what the site sent them with.
function values(controls, fromSite = false) {
  const found = {};
  for (const [id, control] of named(controls)) {
    if (control.type !== "radio") found[id] = valueOf(control, fromSite);
    else if (fromSite ? control.defaultChecked : control.checked) found[id] = control.value;
    else found[id] ??= "";
  }
  return found;
}

function setValue(control, value) {
  if (control.type === "radio") control.checked = control.value === value;
  else if (control.type === "checkbox") control.checked = value;
  else if (control.multiple && control.options) {
    const on = value.split("\n");
    for (const option of control.options) option.selected = on.includes(option.value);
  } else control.value = value;
}

function put(controls, wanted) {
  const changed = named(controls).filter(([id, control]) => {
    if (!(id in wanted)) return false;
    const before = control.type === "radio" ? control.checked : valueOf(control);
    setValue(control, wanted[id]);
    return before !== (control.type === "radio" ? control.checked : valueOf(control));
  });
  for (const [, control] of changed) {
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function differ(one, two) {
  return Object.keys(one).some((id) => id in two && one[id] !== two[id]);
}

// --- words -------------------------------------------------------------------

function words(name, at) {
  const fragment = document.getElementById(`keep-${name}`).content.cloneNode(true);
  const time = fragment.querySelector("time");
  if (time) {
    time.dateTime = new Date(at).toISOString();
    time.textContent = moment(at);
  }
  return fragment;
}

function notice(name) {
  document.getElementById("notices")?.replaceChildren(words(name));
}

// --- one kept form or field --------------------------------------------------

class Kept {
  constructor(element) {
    this.element = element;
    this.key = element.dataset.keep;
    this.untilDiscarded = element.dataset.keepUntil === "discarded";
    this.base = values(this.controls, true);
    this.status = this.findStatus();
    this.status?.setAttribute("role", "status");
    this.region = this.makeRegion();
  }

  // Apart from the constructor: what comes back may be sent at once, and by then this
  // has to be among the kept.
  begin(refused, again) {
    const draft = find(this.key);
    if (draft) this.meet(draft, refused, again);
  }

  get controls() {
    return controlsOf(this.element);
  }

  get where() {
    return place(this.key);
  }

  findStatus() {
    const around = this.element.matches(KEPT) ? this.element.form : this.element;
    const all = [...(around?.querySelectorAll("[data-kept-status]") ?? [])];
    return all.find((status) => status.dataset.keptStatus === this.key) ?? all[0];
  }

  // In the page before there is anything to say, so that it is read out.
  makeRegion() {
    const region = document.createElement("div");
    region.setAttribute("role", "status");
    if (this.element.matches(KEPT)) this.element.before(region);
    else this.element.prepend(region);
    return region;
  }

  say(name, at, actions = {}) {
    this.region.replaceChildren(words(name, at));
    for (const [attribute, action] of Object.entries(actions)) {
      this.region.querySelector(`[${attribute}]`).addEventListener("click", action);
    }
  }

  // Field by field: what the site still has as when the typing began comes back.
  meet(draft, refused, again) {
    const site = this.base;
    const ids = Object.keys(site).filter((id) => id in draft.values);
    const ours = ids.filter((id) => draft.values[id] !== site[id]);
    const newer = ours.filter((id) => site[id] !== draft.base[id]);
    if (refused) {
      this.base = { ...site, ...draft.base };
      this.restore(draft, ours.filter((id) => !newer.includes(id)));
    } else if (newer.length) {
      this.offer(draft);
    } else if (ours.length) {
      this.restore(draft, ours);
      if (again && !told.has(this.key)) this.showStatus("kept", draft.at);
      else this.tellRestored(draft);
    } else if (ids.length && !this.untilDiscarded) {
      remove(this.where);
    } else if (ids.length) {
      this.base = { ...site, ...draft.base };
    }
  }

  restore(draft, ids) {
    this.base = { ...this.base, ...draft.base };
    put(this.controls, Object.fromEntries(ids.map((id) => [id, draft.values[id]])));
    this.element.dispatchEvent(new CustomEvent("keep:restored", { bubbles: true }));
  }

  tellRestored(draft) {
    if (this.element.matches("[data-keep-quiet]")) return;
    told.add(this.key);
    this.showStatus("kept", draft.at);
    this.say("restored", draft.at, { "data-keep-discard": () => this.discard() });
  }

  offer(draft) {
    this.waiting = draft;
    this.say("offered", draft.at, {
      "data-keep-take": () => {
        this.waiting = null;
        put(this.controls, draft.values);
        this.element.dispatchEvent(new CustomEvent("keep:restored", { bubbles: true }));
        this.keep();
        this.tellRestored(draft);
        this.focus();
      },
      "data-keep-discard": () => this.discard(),
    });
  }

  // The way back stands in the notice until something is typed.
  discard() {
    const before = { stored: read(this.where), offered: this.waiting, base: this.base, typed: values(this.controls) };
    told.delete(this.key);
    this.waiting = null;
    clearTimeout(this.timer);
    const site = values(this.controls, true);
    put(this.controls, site);
    clearTimeout(this.timer);
    this.base = site;
    remove(this.where);
    this.status?.replaceChildren();
    this.say("discarded", 0, { "data-keep-undo": () => this.undo(before) });
    this.undoable = true;
    this.tellChanged();
    this.focus();
  }

  undo({ stored, offered, base, typed }) {
    this.undoable = false;
    if (stored) write(this.where, stored);
    this.region.replaceChildren();
    if (offered) return this.offer(offered);
    this.base = base;
    put(this.controls, typed);
    this.element.dispatchEvent(new CustomEvent("keep:restored", { bubbles: true }));
    this.keep();
    this.tellChanged();
    this.focus();
  }

  typed() {
    told.delete(this.key);
    if (this.undoable) this.region.replaceChildren();
    this.undoable = false;
  }

  tellChanged() {
    this.element.dispatchEvent(new CustomEvent("keep:changed", { bubbles: true }));
  }

  focus() {
    this.controls.find((control) => !control.disabled)?.focus();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  flush() {
    if (this.timer) this.keep();
  }

  keep(now = values(this.controls)) {
    clearTimeout(this.timer);
    this.timer = null;
    // A draft that is still offered must not be written over unasked.
    if (forgotten || this.waiting) return;
    if (!differ(now, this.base)) {
      remove(this.where);
      this.status?.replaceChildren();
      return;
    }
    const at = Date.now();
    const before = read(this.where);
    const draft = {
      at,
      tab,
      // Fields that are not on this page keep what the draft has of them.
      base: { ...before?.base, ...this.base },
      values: { ...before?.values, ...now },
    };
    this.showStatus(write(this.where, draft) ? "kept" : "not-kept", at);
  }

  // Said again only when the minute changed: a live region should not chatter.
  showStatus(name, at) {
    const text = words(name, at);
    if (this.status && this.status.textContent !== text.textContent) this.status.replaceChildren(text);
  }

  // `sent` was accepted; what was typed since (`now`) is kept on.
  accepted(sent, now = values(this.controls)) {
    if (this.untilDiscarded) return;
    clearTimeout(this.timer);
    this.waiting = null;
    this.base = { ...this.base, ...sent };
    this.region.replaceChildren();
    remove(this.where);
    this.status?.replaceChildren();
    if (differ(now, sent)) this.keep(now);
  }
}

// What came into this page before, when its text comes back with a piece that was
// exchanged, is told of only while it was told already and nothing was typed since.
const seen = new Set();
const told = new Set();

function keepAll(root, refused) {
  if (person === undefined || forgotten) return;
  const found = [...root.querySelectorAll("[data-keep]")];
  if (root.matches?.("[data-keep]")) found.unshift(root);
  for (const element of found) {
    if (kept.has(element) || !element.dataset.keep) continue;
    const wrong = refused || element.querySelector(".error-summary, [aria-invalid=true]") !== null;
    const each = new Kept(element);
    kept.set(element, each);
    each.begin(wrong, seen.has(each.key));
    seen.add(each.key);
  }
}

function keptOf(control) {
  if (kept.has(control)) return kept.get(control);
  return kept.get(control.form) ?? kept.get(control.closest?.("[data-keep]"));
}

function keptIn(form) {
  return [...kept.values()].filter(
    ({ element }) => element === form || element.form === form || form.contains(element),
  );
}

function flushAll() {
  for (const [element, each] of kept) {
    each.flush();
    if (!element.isConnected) kept.delete(element);
  }
}

for (const happened of ["input", "change"]) {
  document.addEventListener(happened, (event) => {
    const each = keptOf(event.target);
    each?.soon();
    if (event.isTrusted || event.detail?.typed) each?.typed();
  });
}
document.addEventListener("reset", (event) => {
  for (const each of keptIn(event.target)) each.soon();
});
addEventListener("pagehide", flushAll);
document.addEventListener("visibilitychange", () => document.hidden && flushAll());

// --- forms that leave the page -----------------------------------------------

const SENT = "keep:sent"; // {places, page, armed} of the form that this tab sent last

function remember(sent) {
  attempt(() => sessionStorage.setItem(SENT, JSON.stringify(sent)));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-keep-forget], #logout-form")) forget();
  if (event.defaultPrevented) return; // htmx sends it
  const before = attempt(() => JSON.parse(sessionStorage.getItem(SENT)));
  if (form.matches("[data-keep-resend]")) {
    if (before) remember({ ...before, page: location.href, armed: true });
    return;
  }
  const leaving = keptIn(form).filter((each) => !each.untilDiscarded);
  for (const each of keptIn(form)) each.keep();
  if (leaving.length) {
    remember({ places: leaving.map((each) => each.where), page: location.href, armed: true });
  }
});

// The page after a form: its drafts are done with if it was accepted. A page that
// was reached otherwise (reload, back, typed address) proves nothing.
function settle(failed) {
  const sent = attempt(() => JSON.parse(sessionStorage.getItem(SENT)));
  if (!sent) return;
  if (failed) return remember({ ...sent, armed: false });
  attempt(() => sessionStorage.removeItem(SENT));
  const [navigation] = performance.getEntriesByType("navigation");
  const followed = navigation?.type === "navigate" && document.referrer === sent.page.split("#")[0];
  if (sent.armed && followed) for (const where of sent.places) remove(where);
}

function forget() {
  flushAll();
  forgotten = true;
  const mine = person === undefined ? drafts("keep:").filter((where) => !where.startsWith("keep::")) : drafts(place(""));
  for (const where of mine) remove(where);
  attempt(() => localStorage.setItem("keep:ended", `${Date.now()}:${person ?? ""}`));
}

addEventListener("storage", (event) => {
  if (event.key === "keep:ended" && event.newValue?.split(":")[1] === person) forgotten = true;
});

// --- forms that htmx sends ---------------------------------------------------

const sending = new WeakMap(); // element -> [[Kept, values as sent, values since], ...]
const lost = new Map(); // element -> {verb, path, event}: to be sent again
const repeated = new WeakSet(); // elements whose request was repeated with a fresh token
const refused = new WeakSet(); // elements whose last answer was a notice above the page
let pause = 5; // seconds until the next try
let timer;

// Not `detail.elt`: that is another one when the answer has replaced the form.
function requestOf({ requestConfig: { elt, verb, path, triggeringEvent } }) {
  return { elt, verb, path, event: triggeringEvent };
}

function send({ elt, verb, path, event }) {
  // What goes wrong is told by htmx's events, not by the promise.
  if (elt.isConnected) globalThis.htmx.ajax(verb, path, { source: elt, event }).catch(() => {});
  else lost.delete(elt);
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const { elt, verb } = requestOf(detail);
  const form = elt.closest("form") ?? elt.form;
  if (!form || verb === "get") return;
  // A part of the form that is kept by itself and sends itself: the rest is not sent.
  const part = kept.get(elt.closest("[data-keep]:not(form, input, select, textarea)"));
  const mine = part ? [part] : keptIn(form);
  for (const each of mine) each.keep();
  sending.set(elt, mine.map((each) => [each, values(each.controls)]));
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { elt } = requestOf(detail);
  const { xhr } = detail;
  if (!xhr.status) return; // no answer: see below
  const wasLost = lost.delete(elt);
  if (xhr.status >= 400) return;
  repeated.delete(elt);
  for (const [each, sent, now] of sending.get(elt) ?? []) each.accepted(sent, now);
  sending.delete(elt);
  if (refused.delete(elt)) document.getElementById("notices").replaceChildren();
  if (wasLost && !lost.size) {
    notice("sent");
    pause = 5;
  }
});

// The site answers htmx with a notice for what it refuses: show it, whatever the status.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  lastStatus = detail.xhr.status;
  // Looked at now: radios that the answer replaces are unchecked by those that come.
  for (const part of sending.get(requestOf(detail).elt) ?? []) part[2] = values(part[0].controls);
  if (detail.xhr.getResponseHeader("HX-Retarget") !== "#notices") return;
  detail.shouldSwap = true;
  refused.add(requestOf(detail).elt);
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.getResponseHeader("HX-Retarget") !== "#notices") notice("failed");
});

document.addEventListener("htmx:load", ({ detail }) => keepAll(detail.elt, lastStatus >= 400));

for (const happened of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(happened, ({ detail }) => {
    const request = requestOf(detail);
    lost.set(request.elt, request);
    notice("offline");
    clearTimeout(timer);
    timer = setTimeout(sendLost, pause * 1000);
    pause = Math.min(pause * 2, 60);
  });
}

function sendLost() {
  clearTimeout(timer);
  for (const request of lost.values()) send(request);
}

addEventListener("online", sendLost);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keep-retry]")) sendLost();
});

// The token of this page is too old: take the fresh one, and send once more.
document.addEventListener("keep:token", ({ target, detail }) => {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
    field.value = detail.token;
  }
  if (repeated.has(target)) {
    repeated.delete(target);
    return notice("failed");
  }
  repeated.add(target);
  const again = ({ detail: done }) => {
    if (requestOf(done).elt !== target) return;
    document.removeEventListener("htmx:afterRequest", again);
    setTimeout(send, 0, requestOf(done));
  };
  document.addEventListener("htmx:afterRequest", again);
});

// --- on load -----------------------------------------------------------------

function begin() {
  const [navigation] = performance.getEntriesByType("navigation");
  const failed = navigation?.responseStatus >= 400 || document.querySelector("[data-refused]") !== null;
  settle(failed);
  keepAll(document, failed);
  setTimeout(sweep, 2000);
}

// After htmx, so that a restored field that sends itself on change does so.
if (document.readyState === "complete") begin();
else addEventListener("DOMContentLoaded", begin);
