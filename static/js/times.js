// Points in time as the reader's own clock shows them: 24 hours, in their zone.

const said = document.documentElement.lang;
const LANGUAGE = said === "en" ? "en-GB" : said;

function format(at, parts) {
  return new Intl.DateTimeFormat(LANGUAGE, parts).format(new Date(at));
}

// 14:03
export function clock(at) {
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

// 25 November 2026, 14:03
export function day(at) {
  return `${format(at, { year: "numeric", month: "long", day: "numeric" })}, ${clock(at)}`;
}

// 14:03 of today, and otherwise 14:03, 25 November
export function moment(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? clock(at) : `${clock(at)}, ${format(at, { month: "long", day: "numeric" })}`;
}
