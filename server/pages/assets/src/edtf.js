/** Dates: xsd's, and the part of EDTF (ISO 8601-2) that the graph uses (`triples/edtf.py`). */

/**
 * The stretch of time that a date may mean, in milliseconds since 1970; an end that is not known
 * is undefined. `uncertain` if the date says so itself (~ ? %).
 * @typedef {{ from?: number, to?: number, uncertain: boolean }} Span
 */

const POINT = /^(-?\d{3}[\dX])(?:-(\d\d)(?:-(\d\d))?)?([~?%]?)$/;
const INSTANT = /^(-?\d{4,})-(\d\d)-(\d\d)T[\d:.]+(Z|[+-]\d\d:\d\d)?$/;
const ZONE = /^(-?\d{4}(?:-\d\d){0,2})(?:Z|[+-]\d\d:\d\d)$/;
const DAY = 86_400_000;

/** Read a date; undefined if the text is none. @returns {Span | undefined} */
export function readDate(/** @type {string} */ text) {
  if (INSTANT.test(text)) {
    const moment = Date.parse(/[Z+]|-\d\d:\d\d$/.test(text.slice(10)) ? text : `${text}Z`);
    return Number.isNaN(moment) ? undefined : { from: moment, to: moment, uncertain: false };
  }
  const [start, end, ...more] = text.replace(ZONE, "$1").split("/");
  if (more.length) return undefined;
  if (end === undefined) return readPoint(start);
  const first = start === ".." ? undefined : readPoint(start);
  const last = end === ".." ? undefined : readPoint(end);
  if ((start !== ".." && !first) || (end !== ".." && !last) || (!first && !last)) return undefined;
  const uncertain = Boolean(first?.uncertain || last?.uncertain);
  return { from: first?.from, to: last?.to, uncertain };
}

/** @returns {Span | undefined} */
function readPoint(/** @type {string} */ text) {
  const match = POINT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, mark] = match;
  if (Number(month ?? 1) > 12 || Number(month ?? 1) < 1 || (year.endsWith("X") && month)) return undefined;
  const [from, to] = bounds(year, month, day);
  // An approximate date is widened by one of its own units, as the build does.
  const unit = mark === "~" || mark === "%" ? to - from + 1 : 0;
  return { from: from - unit, to: to + unit, uncertain: mark !== "" };
}

/** @returns {[number, number]} The first and the last millisecond. */
function bounds(/** @type {string} */ year, /** @type {string} */ month, /** @type {string} */ day) {
  if (year.endsWith("X")) {
    const decade = Number(year.replace("X", "0"));
    return [utc(decade, 0, 1), utc(decade + 10, 0, 1) - 1];
  }
  const y = Number(year);
  if (!month) return [utc(y, 0, 1), utc(y + 1, 0, 1) - 1];
  const m = Number(month) - 1;
  if (!day) return [utc(y, m, 1), utc(y, m + 1, 1) - 1];
  return [utc(y, m, Number(day)), utc(y, m, Number(day)) + DAY - 1];
}

function utc(/** @type {number} */ year, /** @type {number} */ month, /** @type {number} */ day) {
  const date = new Date(Date.UTC(2000, month, day));
  date.setUTCFullYear(year + date.getUTCFullYear() - 2000);
  return date.getTime();
}
