/** The map: points by their coordinates, countries by their Wikidata item; no tiles, no third party. */
import outlines from "virtual:outlines";
import { adopt, html, svg } from "../dom.js";
import { count, say } from "../language.js";
import { sortColumns } from "../results.js";
import { groupColumn, mainColumn, nameOf, tell } from "../rows.js";
import { textOf } from "../terms.js";
import { worldProjection } from "../world.js";
import css from "./map.css?text";
import { zoomable } from "./zoom.js";

/**
 * @typedef {import("../results.js").Result} Result
 * @typedef {import("../results.js").Row} Row
 * @typedef {{ shape: SVGElement, at: [number, number] }} Placed with the place of its name
 */

adopt(css);

const MOST_LABELS = 40;
const POINT = /^(?:<[^>]*>\s*)?POINT\s*Z?\s*\(\s*(-?[\d.eE+-]+)\s+(-?[\d.eE+-]+)/i;
const ITEM = /^https?:\/\/www\.wikidata\.org\/entity\/(Q\d+)$/;
const project = worldProjection();

/** @param {HTMLElement} container @param {Result} result */
export function draw(container, result) {
  const main = mainColumn(result);
  const grouping = groupColumn(result, main);
  const { place } = sortColumns(result);
  /** @type {string[]} */
  const groups = [];
  const layer = svg("g", {},
    svg("path", { class: "land", d: outlines.land }), svg("path", { class: "borders", d: outlines.borders }));
  const countries = svg("g"), points = svg("g"), labels = svg("g");
  let unplaced = 0;
  for (const row of result.rows) {
    const group = grouping && row[grouping] ? textOf(row[grouping]) : "";
    if (group && !groups.includes(group)) groups.push(group);
    const shapes = [...placesOf(row, place), ...countriesOf(row)];
    if (!shapes.length) unplaced += 1;
    const name = main ? nameOf(row, main) : undefined;
    for (const { shape, at } of shapes) {
      shape.append(svg("title", {}, tell(result, row)));
      shape.classList.add(`group-${Math.max(0, groups.indexOf(group))}`);
      const target = shape.localName === "circle" ? points : countries;
      target.append(name?.href ? svg("a", { href: name.href, "aria-label": name.text }, shape) : shape);
      if (name && result.rows.length <= MOST_LABELS) {
        labels.append(svg("text", { x: at[0] + 16, y: at[1] + 7, "aria-hidden": "true" }, name.text));
      }
    }
  }
  layer.append(countries, points, labels);
  const picture = svg("svg", { class: "map", viewBox: `0 0 ${outlines.width} ${outlines.height}`, role: "group", "aria-label": say("Map") },
    svg("path", { class: "globe", d: outlines.globe }), layer);
  const buttons = zoomable(picture, layer, (scale) => picture.style.setProperty("--scale", String(scale)));
  container.append(
    html("p", { class: "row legend" }, ...groups.map((group, n) => html("span", { class: `group-${n}` }, group)), buttons),
    picture,
    html("p", { class: "small muted" },
      unplaced ? say("{count} rows have no place that can be drawn.", { count: count(unplaced) }) : "", " ",
      say("Outlines: Natural Earth, as things stand on the ground; they take no side in any dispute.")),
  );
}

/** @param {Row} row @param {string[]} columns @returns {Placed[]} */
function placesOf(row, columns) {
  return columns.flatMap((column) => {
    const match = row[column] && POINT.exec(textOf(row[column]));
    const at = match && project([Number(match[1]), Number(match[2])]);
    return at ? [{ at, shape: svg("circle", { class: "point", cx: at[0], cy: at[1], r: 8 }) }] : [];
  });
}

/** @param {Row} row @returns {Placed[]} */
function countriesOf(row) {
  return Object.values(row).flatMap((term) => {
    const item = term.type === "uri" && ITEM.exec(term.value)?.[1];
    const country = item && outlines.countries[item];
    return country ? [{ at: country.middle, shape: svg("path", { class: "country", d: country.path }) }] : [];
  });
}
