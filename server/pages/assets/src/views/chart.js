/** Charts: bars for things, lines and areas over numbers or time; a series for each number column. */
import { scaleBand, scaleLinear, scaleUtc } from "d3-scale";
import { adopt, html, svg } from "../dom.js";
import { readDate } from "../edtf.js";
import { count, language, say } from "../language.js";
import { sortColumns } from "../results.js";
import { mainColumn, nameOf } from "../rows.js";
import { numberOf, textOf } from "../terms.js";
import css from "./chart.css?text";

/**
 * @typedef {import("../results.js").Result} Result
 * @typedef {import("../results.js").Row} Row
 */

adopt(css);

const MOST_BARS = 60;
const BAR = 26;
const HEIGHT = 360;
const EDGE = { top: 16, right: 24, bottom: 32, left: 56 };

/** Bars from left to right, so that long names have room. */
export function drawBars(/** @type {HTMLElement} */ container, /** @type {Result} */ result) {
  const { number } = sortColumns(result);
  const main = mainColumn(result) ?? sortColumns(result).date[0];
  const named = main ?? number[0];
  const series = main ? number : number.slice(1);
  const rows = result.rows.slice(0, MOST_BARS);
  const width = Math.max(container.clientWidth, 320);
  const names = Math.min(width * 0.4, 320);
  const values = rows.flatMap((row) => series.map((column) => read(row, column) ?? 0));
  const x = scaleLinear([Math.min(0, ...values), Math.max(0, ...values)], [names, width - 64]).nice();
  const y = scaleBand(rows.map((_, n) => n), [0, rows.length * BAR * series.length + 8]).padding(0.15);
  const height = y.range()[1] + 8;
  const drawing = svg("svg", { class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": caption(result) });
  rows.forEach((row, n) => {
    const top = y(n) ?? 0;
    const tall = y.bandwidth() / series.length;
    const { text, href } = nameOf(row, named) ?? { text: "", href: undefined };
    const label = svg("text", { class: "name", x: names - 8, y: top + y.bandwidth() / 2 }, cut(text, names / 8), svg("title", {}, text));
    drawing.append(href ? svg("a", { href }, label) : label);
    series.forEach((column, s) => {
      const value = read(row, column);
      if (value === undefined) return;
      const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
      const at = top + s * tall;
      drawing.append(
        svg("rect", { class: `group-${s % 8}`, x: from, y: at, width: Math.max(1, to - from), height: tall - 2 }),
        svg("text", { class: "value", x: to + 6, y: at + tall / 2 }, count(value)),
      );
    });
  });
  container.append(...legend(series), html("div", { class: "scroll" }, drawing), ...left(result));
}

export const drawLines = (/** @type {HTMLElement} */ container, /** @type {Result} */ result) =>
  drawOver(container, result, false);

export const drawAreas = (/** @type {HTMLElement} */ container, /** @type {Result} */ result) =>
  drawOver(container, result, true);

/** @param {HTMLElement} container @param {Result} result @param {boolean} filled */
function drawOver(container, result, filled) {
  const { date, number } = sortColumns(result);
  const over = date[0] ?? (number.length > 1 ? number[0] : undefined);
  if (!over) {
    drawBars(container, result);
    return;
  }
  const series = number.filter((column) => column !== over);
  const at = (/** @type {Row} */ row) => (date.length ? middle(row, over) : read(row, over));
  const rows = result.rows
    .filter((row) => at(row) !== undefined)
    .toSorted((one, other) => (at(one) ?? 0) - (at(other) ?? 0));
  const width = Math.max(container.clientWidth, 320);
  const places = rows.map((row) => at(row) ?? 0);
  const values = rows.flatMap((row) => series.map((column) => read(row, column) ?? 0));
  const across = [EDGE.left, width - EDGE.right];
  const domain = [Math.min(...places), Math.max(...places)];
  const x = date.length ? scaleUtc(domain, across) : scaleLinear(domain, across);
  const y = scaleLinear([Math.min(0, ...values), Math.max(0, ...values)], [HEIGHT - EDGE.bottom, EDGE.top]).nice();
  const drawing = svg("svg", { class: "chart", width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "group", "aria-label": caption(result) });
  drawing.append(...axes(x, y, width));
  series.forEach((column, s) => drawing.append(path(rows, column, (row) => x(at(row) ?? 0), y, s, filled)));
  container.append(...legend(series), html("div", { class: "scroll" }, drawing));
}

/**
 * @param {Row[]} rows
 * @param {string} column
 * @param {(row: Row) => number} x
 * @param {(value: number) => number} y
 * @param {number} series
 * @param {boolean} filled
 */
function path(rows, column, x, y, series, filled) {
  const points = rows.flatMap((row) => {
    const value = read(row, column);
    return value === undefined ? [] : [{ x: x(row), y: y(value), value, row }];
  });
  const line = points.map((point) => `${point.x},${point.y}`).join("L");
  const floor = `L${points.at(-1)?.x ?? 0},${y(0)}L${points[0]?.x ?? 0},${y(0)}Z`;
  const dots = points.map((point) =>
    svg("circle", { cx: point.x, cy: point.y, r: 3.5 }, svg("title", {}, `${column}: ${count(point.value)}`)),
  );
  return svg("g", { class: `series group-${series % 8}` },
    filled && points.length ? svg("path", { class: "area", d: `M${line}${floor}` }) : null,
    points.length ? svg("path", { class: "line", d: `M${line}` }) : null,
    ...dots);
}

/** @param {any} x @param {import("d3-scale").ScaleLinear<number, number>} y @param {number} width */
function axes(x, y, width) {
  const write = x.tickFormat(width / 100);
  const isWhole = x.domain().every(Number.isInteger); // years, counts: no tick between two of them
  return [
    ...y.ticks(6).flatMap((tick) => [
      svg("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "value end", x: EDGE.left - 8, y: y(tick) }, count(tick)),
    ]),
    ...x.ticks(width / 100).filter((/** @type {Date | number} */ tick) => !isWhole || Number.isInteger(tick))
      .map((/** @type {Date | number} */ tick) => svg("text", { class: "tick", x: x(tick), y: HEIGHT - 10 },
        typeof tick === "number" ? tick.toLocaleString(language, { useGrouping: "min2" }) : write(tick))),
  ];
}

/** A legend where there are several series. @param {string[]} series */
function legend(series) {
  if (series.length < 2) return [];
  return [html("p", { class: "row legend" }, ...series.map((column, n) => html("span", { class: `group-${n % 8}` }, column)))];
}

/** A word on the rows that are not drawn. @param {Result} result */
function left(result) {
  const more = result.rows.length - MOST_BARS;
  if (more <= 0) return [];
  return [html("p", { class: "small muted" }, say("{count} more rows are in the table.", { count: count(more) }))];
}

const caption = (/** @type {Result} */ result) =>
  say("Chart of {columns}; the table has its numbers.", { columns: result.columns.join(", ") });

const read = (/** @type {Row} */ row, /** @type {string} */ column) =>
  row[column] && numberOf(row[column]);

/** The middle of what a date may mean. @param {Row} row @param {string} column */
function middle(row, column) {
  const span = row[column] && readDate(textOf(row[column]));
  return span ? ((span.from ?? span.to ?? 0) + (span.to ?? span.from ?? 0)) / 2 : undefined;
}

const cut = (/** @type {string} */ text, /** @type {number} */ most) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
