// What may stand at the caret of a policy. Where the caret is, is read from the text
// itself, finished or not; which words there are, the site says (policies_lab/
// completions.py), a service or an action at a time.

// Every string of the text with its place, and what is open at `upto`.
//
// `path` are the keys around a string (for a value its own key too), `within` is where
// the object around it begins.
export function scan(text, upto = text.length) {
  const strings = [];
  const open = [];
  const keys = () => open.filter((frame) => frame.key !== undefined).map((frame) => frame.key);
  for (let at = 0; at < upto; at += 1) {
    const top = open.at(-1);
    const sign = text[at];
    if (sign === '"') {
      const end = endOfString(text, at + 1);
      const isKey = top?.object === true && !top.wantsValue;
      const value = text.slice(at + 1, end);
      if (isKey) top.key = undefined;
      strings.push({ from: at + 1, to: end, closed: text[end] === '"', text: value, isKey, path: keys(), within: objectAround(open) });
      if (isKey) top.key = value;
      else if (top) top.wantsValue = false;
      at = end;
    } else if (sign === "{" || sign === "[") {
      open.push({ object: sign === "{", from: at });
    } else if (sign === "}" || sign === "]") {
      open.pop();
      if (open.length) open.at(-1).wantsValue = false;
    } else if (sign === ":" && top) {
      top.wantsValue = true;
    } else if (sign === "," && top) {
      top.wantsValue = false;
      top.key = undefined;
    }
  }
  return { strings, open, path: keys(), within: objectAround(open) };
}

function endOfString(text, from) {
  let at = from;
  while (at < text.length && text[at] !== '"' && text[at] !== "\n") at += text[at] === "\\" ? 2 : 1;
  return Math.min(at, text.length);
}

function objectAround(open) {
  return open.findLast((frame) => frame.object)?.from ?? -1;
}

// The caret's place: the string around it, or the gap in which one could begin.
export function placeAt(text, pos) {
  const before = scan(text, pos);
  const last = before.strings.at(-1);
  const all = scan(text).strings;
  if (last && last.from <= pos && pos <= last.to) {
    return { ...last, inString: true, typed: text.slice(last.from, pos), all };
  }
  const top = before.open.at(-1);
  if (!top) return null;
  const isKey = top.object && !top.wantsValue;
  if (isKey) top.key = undefined;
  const path = before.open.filter((frame) => frame.key !== undefined).map((frame) => frame.key);
  return { from: pos, to: pos, inString: false, typed: "", isKey, path, within: before.within, all };
}

// --- the site's words ----------------------------------------------------------------

const asked = new Map(); // address -> promise of options

function ask(address, of, q) {
  const url = `${address}?${new URLSearchParams({ of, q })}`;
  if (!asked.has(url)) asked.set(url, fetched(url));
  return asked.get(url);
}

async function fetched(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.ok) return (await answer.json()).options;
  } catch {
    // Without a connection there are no words to offer; the next try asks again.
  }
  asked.delete(url);
  return [];
}

// --- which of them fit ---------------------------------------------------------------

const ACTIONS = ["Action", "NotAction"];
const MOST_ASKED = 3; // actions of a statement whose keys and resources are offered

// The actions of the statement that a place is in.
function actionsAround(place) {
  const [, condition] = place.path;
  const near = place.all.filter(({ isKey, path }) => !isKey && path.length === 2 && ACTIONS.includes(path[1]));
  const own = condition === "Condition"
    ? near.filter(({ from }) => sameStatement(place, from))
    : near.filter(({ within }) => within === place.within);
  return own.map(({ text }) => text).filter((text) => text.includes(":")).slice(0, MOST_ASKED);
}

// Between two statements a key of the outer object or another statement's Effect stands;
// the statement's beginning is the last `within` of a string with a path of one key.
function sameStatement(place, from) {
  const starts = [...new Set(place.all.filter(({ isKey, path }) => isKey && path.length === 1).map(({ within }) => within))];
  const startOf = (at) => starts.findLast((start) => start <= at);
  return startOf(place.from) === startOf(from);
}

async function merged(address, of, questions) {
  const lists = await Promise.all(questions.map((q) => ask(address, of, q)));
  const byLabel = new Map(lists.flat().map((option) => [option.label, option]));
  return [...byLabel.values()];
}

export async function optionsAt(place, { address, kind }) {
  const { path, isKey, typed } = place;
  const words = () => ask(address, "words", kind);
  const [first, second] = path;
  if (isKey) {
    if (path.length === 0) return absent(place, (await words()).top);
    if (first !== "Statement") return [];
    if (path.length === 1) return absent(place, (await words()).statement);
    if (path.length === 2 && second.endsWith("Principal")) return holding("text", absent(place, (await words()).principals));
    if (second !== "Condition") return [];
    if (path.length === 2) return holding("object", absent(place, (await words()).operators));
    if (path.length === 3) return holding("text", await merged(address, "keys", orGlobal(actionsAround(place))));
    return [];
  }
  if (path.length === 1 && first === "Version") return (await words()).versions;
  if (first !== "Statement") return [];
  if (second === "Effect") return (await words()).effects;
  if (path.length === 2 && ACTIONS.includes(second)) return actions(address, typed);
  if (path.length === 2 && second.endsWith("Resource")) return merged(address, "resources", orGlobal(actionsAround(place)));
  if (second === "Condition" && /Bool|^Null/.test(path[2] ?? "")) return [{ label: "true" }, { label: "false" }];
  return [];
}

const orGlobal = (actions) => (actions.length ? actions : [""]);
const holding = (holds, options) => options.map((option) => ({ ...option, holds }));

// Elements that the object has already are not offered again.
function absent(place, options = []) {
  const there = place.all.filter(({ isKey, within, from }) => isKey && within === place.within && from !== place.from);
  const names = new Set(there.map(({ text }) => text));
  return options.filter(({ label }) => !names.has(label));
}

async function actions(address, typed) {
  const [service, name] = typed.split(":", 2);
  if (name !== undefined) return ask(address, "actions", service.toLowerCase());
  const services = await ask(address, "services", "");
  return [{ label: "*", boost: -1 }, ...services.map((option) => ({ ...option, service: true }))];
}

// --- for the editor ------------------------------------------------------------------

const STARTS = { text: '""', object: "{}", list: "[]" };

// A source of completions. `settings` are {address, kind()}.
export function completing(cm, settings) {
  return async (context) => {
    const place = placeAt(context.state.doc.toString(), context.pos);
    if (!place || !(place.inString || context.explicit)) return null;
    const found = await optionsAt(place, { address: settings.address, kind: settings.kind() });
    if (!found.length || context.aborted) return null;
    const options = found.map((option) => ({
      label: option.label,
      detail: option.detail,
      boost: option.boost,
      apply: (view, picked, from, to) => put(cm, view, { option, picked, from, to }),
    }));
    const forService = !place.isKey && ACTIONS.includes(place.path[1]) && !place.typed.includes(":");
    return { from: place.from, options, validFor: forService ? /^[^":]*$/ : /^[^"]*$/ };
  };
}

// Puts a word in its place, with the quotes and what has to follow it.
function put(cm, view, { option, picked, from, to }) {
  const place = placeAt(view.state.doc.toString(), to);
  const text = view.state.doc.toString();
  const end = place?.inString ? place.to : to;
  const closed = place?.inString && place.closed;
  const follows = /^\s*:/.test(text.slice(end + (closed ? 1 : 0)));
  if (option.label.includes("${")) return putForm(cm, view, { option, picked, from, end, place, closed, follows });
  const start = option.holds && !follows ? STARTS[option.holds] : "";
  const inner = option.service ? `${option.label}:` : option.label;
  const before = place?.inString ? "" : '"';
  const after = `"${start && `: ${start}`}`;
  const insert = before + inner + after;
  // After a key the caret goes between what opens and closes its value.
  const caret = from + (option.service ? (before + inner).length : insert.length - (start ? 1 : 0));
  view.dispatch({
    changes: { from, to: end + (closed ? 1 : 0), insert },
    selection: { anchor: caret },
    userEvent: "input.complete",
    annotations: cm.pickedCompletion.of(picked),
    scrollIntoView: true,
  });
  if (option.service || start === '""') cm.startCompletion(view);
}

// A word with places to fill in: an ARN, or the key of a tag.
function putForm(cm, view, { option, picked, from, end, place, closed, follows }) {
  const before = place?.inString ? "" : '"';
  const after = option.holds && !follows ? '": "${}"' : '"';
  const template = `${before}${option.label}${after}`;
  cm.snippet(template)(view, picked, from, end + (closed ? 1 : 0));
}
