/** The timeline: a day is a dot, a date that is less exact the stretch it may mean, open ends fade. */
import { scaleUtc } from "d3-scale";
import { adopt, html, svg } from "../dom.js";
import { readDate } from "../edtf.js";
import { count, language, say } from "../language.js";
import { sortColumns } from "../results.js";
import { groupColumn, mainColumn, nameOf, tell } from "../rows.js";
import { textOf } from "../terms.js";
import css from "./timeline.css?text";

/**
 * @typedef {import("../results.js").Result} Result
 * @typedef {import("../results.js").Row} Row
 * @typedef {import("../edtf.js").Span} Span
 * @typedef {{ span: Span, text: string, href?: string, title: string, group: number, column: string }} Item
 */

adopt(css);

const DAY = 86_400_000;
const LANE = 26;
const AXIS = 28;
const LETTER = 7.2;
const FADE = 48;
const NARROWEST = 680;
const BEGIN = /(earliest|start|begin|from|since)/i;
const END = /(latest|end|until|to)$/i;

/** @param {HTMLElement} container @param {Result} result */
export function draw(container, result) {
  const { items, groups, undated } = read(result);
  if (!items.length) {
    container.append(html("p", {}, say("No row has a date.")));
    return;
  }
  let zoom = 1;
  const scroller = html("div", {
    class: "dates scroll", tabindex: 0, role: "region", "aria-label": say("Timeline"),
  });
  const render = () => {
    scroller.replaceChildren(picture(items, Math.max(container.clientWidth, NARROWEST) * zoom));
  };
  const change = (/** @type {number} */ factor) => () => {
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / scroller.scrollWidth;
    zoom = Math.min(64, Math.max(1, zoom * factor));
    render();
    scroller.scrollLeft = middle * scroller.scrollWidth - scroller.clientWidth / 2;
  };
  container.append(
    html(
      "p",
      { class: "row legend" },
      ...groups.map((group, n) => html("span", { class: `group-${n}` }, group)),
      html("span", { class: "zoom" },
        html("button", { type: "button", onclick: change(1 / 2), "aria-label": say("Zoom out") }, "−"),
        html("button", { type: "button", onclick: change(2), "aria-label": say("Zoom in") }, "+"),
      ),
    ),
    scroller,
    html("p", { class: "small muted" },
      say("A dot is a day; a bar is all the time that a date may mean; an end that fades is open or approximate."),
      " ",
      undated ? say("{count} rows have no date.", { count: count(undated) }) : "",
    ),
  );
  render();
}

/** @returns {{ items: Item[], groups: string[], undated: number }} */
function read(/** @type {Result} */ result) {
  const { date } = sortColumns(result);
  const main = mainColumn(result);
  const grouping = groupColumn(result, main);
  const begin = date.find((column) => BEGIN.test(column));
  const end = date.find((column) => column !== begin && END.test(column));
  /** @type {string[]} */
  const groups = [];
  /** @type {Item[]} */
  const items = [];
  let undated = 0;
  for (const row of result.rows) {
    const spans = begin && end ? between(row, begin, end) : each(row, date);
    if (!spans.length) undated += 1;
    const name = main ? nameOf(row, main) : undefined;
    const group = grouping && row[grouping] ? textOf(row[grouping]) : undefined;
    if (group !== undefined && !groups.includes(group)) groups.push(group);
    for (const { span, column } of spans) {
      const title = tell(result, row);
      const text = name?.text ?? textOf(row[column]);
      items.push({ span, text, href: name?.href, title, column, group: groups.indexOf(group ?? "") });
    }
  }
  const first = (/** @type {Item} */ { span }) => span.from ?? span.to ?? 0;
  return { items: items.sort((one, other) => first(one) - first(other)), groups, undated };
}

/** One span from two columns. @param {Row} row @param {string} begin @param {string} end */
function between(row, begin, end) {
  const [from, to] = [begin, end].map((column) => row[column] && readDate(textOf(row[column])));
  if (!from && !to) return [];
  const uncertain = Boolean(from?.uncertain || to?.uncertain);
  const span = { from: from?.from, to: to?.to, uncertain };
  return [{ span, column: from ? begin : end }];
}

/** A span for each column that has a date. @param {Row} row @param {string[]} columns */
function each(row, columns) {
  return columns.flatMap((column) => {
    const span = row[column] && readDate(textOf(row[column]));
    return span ? [{ span, column }] : [];
  });
}

/** @param {Item[]} items @param {number} width */
function picture(items, width) {
  const ends = items.flatMap(({ span }) => [span.from, span.to]).filter((end) => end !== undefined);
  const widest = Math.min(260, Math.max(...items.map(({ text }) => text.length)) * LETTER);
  const room = Math.max(width - FADE - widest, width / 2);
  const x = scaleUtc([Math.min(...ends) - DAY, Math.max(...ends) + DAY], [FADE, room]).nice();
  const [lanes, height] = pack(items, x);
  const ticks = x.ticks(Math.max(2, width / 110));
  const write = new Intl.DateTimeFormat(language, { ...precision(ticks), timeZone: "UTC" });
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  drawing.append(fades());
  for (const tick of ticks) {
    const at = x(tick);
    drawing.append(
      svg("line", { class: "grid", x1: at, x2: at, y1: AXIS, y2: height }),
      svg("text", { class: "tick", x: at, y: AXIS - 10 }, write.format(tick)),
    );
  }
  items.forEach((item, n) => drawing.append(mark(item, AXIS + lanes[n] * LANE, x)));
  return drawing;
}

/** How exact the axis is: years, months or days. @returns {Intl.DateTimeFormatOptions} */
function precision(/** @type {Date[]} */ ticks) {
  const step = ticks.length > 1 ? ticks[1].getTime() - ticks[0].getTime() : 0;
  if (step >= 360 * DAY) return { year: "numeric" };
  return step >= 28 * DAY ? { year: "numeric", month: "short" } : { month: "short", day: "numeric" };
}

/** Masks that let a bar fade at its beginning, its end or both. */
function fades() {
  const stops = { from: [0, 1, 1], to: [1, 1, 0], both: [0, 1, 0] };
  return svg("defs", {}, ...Object.entries(stops).flatMap(([name, levels]) => [
    svg("linearGradient", { id: `fading-${name}` }, ...levels.map((level, n) =>
      svg("stop", { offset: n / 2, "stop-color": level ? "white" : "black" }))),
    svg("mask", { id: `fade-${name}`, maskContentUnits: "objectBoundingBox" },
      svg("rect", { width: 1, height: 1, fill: `url(#fading-${name})` })),
  ]));
}

/** Where a bar begins and ends on the page. @param {Span} span @param {(time: number) => number} x */
function extent(span, x) {
  const from = span.from === undefined ? x(span.to ?? 0) - FADE : x(span.from);
  const to = span.to === undefined ? x(span.from ?? 0) + FADE : x(span.to);
  return [from, Math.max(to, from + 8)];
}

/**
 * Put each item in the first lane with room for its bar and its name.
 * @param {Item[]} items
 * @param {(time: number) => number} x
 * @returns {[number[], number]} lanes, and the height of the whole
 */
function pack(items, x) {
  /** @type {number[]} */
  const ends = [];
  const lanes = items.map(({ span, text }) => {
    const [from, to] = extent(span, x);
    const free = ends.findIndex((end) => end < from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to + 12 + [...text].reduce((sum, c) => sum + (c > "\u2e80" ? 14 : LETTER), 0);
    return lane;
  });
  return [lanes, AXIS + ends.length * LANE + 8];
}

/** @param {Item} item @param {number} top @param {(time: number) => number} x */
function mark({ span, text, href, title, group }, top, x) {
  const [from, to] = extent(span, x);
  const { from: begin, to: end, uncertain } = span;
  const isDay = begin !== undefined && end !== undefined && end - begin < DAY;
  const middle = top + LANE / 2;
  const fade = uncertain ? "both" : begin === undefined ? "from" : end === undefined ? "to" : undefined;
  const shape = isDay && !uncertain
    ? svg("circle", { cx: from + 4, cy: middle, r: 5 })
    : svg("rect", {
        x: from, y: middle - 6, width: to - from, height: 12, rx: 3,
        class: "span", mask: fade && `url(#fade-${fade})`,
      });
  const words = svg("text", { class: "name", x: to + 6, y: middle }, text);
  const content = [svg("title", {}, title), shape, words];
  const classes = { class: `item group-${Math.max(group, 0)}` };
  return href ? svg("a", { href, ...classes }, ...content) : svg("g", classes, ...content);
}
