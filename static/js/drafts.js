// Drafts in the browser's storage, which may be full or forbidden.
//
// A draft lies in localStorage under "keep:PERSON:KEY" (PERSON from body data-person,
// empty for guests) as {at, tab, base, values}: `base` are the site's values when the
// typing began, so that a newer value of the site is noticed without any clock.

const DAYS = 30;
const LARGEST = 200_000;
const TOGETHER = 2_000_000;

export const person = document.body.dataset.person;

export function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export const tab = attempt(() => {
  const id = sessionStorage.getItem("keep:tab") ?? Math.random().toString(36).slice(2);
  sessionStorage.setItem("keep:tab", id);
  return id;
});

export function place(key, owner = person) {
  return `keep:${owner}:${key}`;
}

export function read(where) {
  const draft = attempt(() => JSON.parse(localStorage.getItem(where)));
  return draft?.values && draft.base && draft.at > Date.now() - DAYS * 86_400_000 ? draft : null;
}

// A guest's draft of this tab goes along when the guest signs in.
export function find(key) {
  const own = read(place(key));
  if (own || !person) return own;
  const guests = read(place(key, ""));
  if (guests?.tab !== tab) return null;
  write(place(key), guests);
  remove(place(key, ""));
  return guests;
}

export function remove(where) {
  attempt(() => localStorage.removeItem(where));
}

export function drafts(prefix) {
  const places = attempt(() => Object.keys(localStorage)) ?? [];
  return places.filter((where) => where.startsWith(prefix) && where.split(":").length > 2);
}

// True when stored. The oldest other drafts make room.
export function write(where, draft) {
  const text = JSON.stringify(draft);
  if (text.length > LARGEST) return false;
  const others = drafts("keep:").filter((other) => other !== where);
  const sizes = new Map(others.map((other) => [other, localStorage.getItem(other).length]));
  const byAge = others.sort((one, two) => (read(one)?.at ?? 0) - (read(two)?.at ?? 0));
  let size = text.length + [...sizes.values()].reduce((sum, each) => sum + each, 0);
  for (;;) {
    if (size <= TOGETHER && attempt(() => localStorage.setItem(where, text) ?? true)) return true;
    const oldest = byAge.shift();
    if (!oldest) return false;
    size -= sizes.get(oldest);
    remove(oldest);
  }
}

// What is too old, of everybody.
export function sweep() {
  for (const where of drafts("keep:")) if (!read(where)) remove(where);
}
