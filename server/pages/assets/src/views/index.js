/** The views of a result: which there are, which fit, and drawing one. */
import { html } from "../dom.js";
import { say } from "../language.js";
import { sortColumns } from "../results.js";
import { namingColumns } from "../rows.js";

/**
 * @typedef {import("../results.js").Result} Result
 * @typedef {(container: HTMLElement, result: Result) => void} Draw
 * @typedef {{ name: string, label: string, fits: (result: Result) => boolean,
 *   load: () => Promise<{ draw: Draw }>, redraws?: boolean }} View
 *   `name` is that of `#defaultView:`; `redraws` if its drawing depends on the width
 */

const chart = () => import("./chart.js");
const dated = (/** @type {Result} */ result) => sortColumns(result).date.length > 0;
const joined = (/** @type {Result} */ result) => namingColumns(result).length > 1;
const counted = (/** @type {Result} */ result) =>
  sortColumns(result).number.length > 0 && result.columns.length > 1;

/** @type {View[]} */
export const VIEWS = [
  { name: "Table", label: "Table", fits: () => true, load: () => import("./table.js") },
  { name: "Timeline", label: "Timeline", fits: dated, load: () => import("./timeline.js"), redraws: true },
  { name: "Map", label: "Map", fits: placed, load: () => import("./map.js") },
  { name: "Graph", label: "Graph", fits: joined, load: () => import("./graph.js"), redraws: true },
  { name: "Tree", label: "Tree", fits: joined, load: () => import("./tree.js") },
  {
    name: "BarChart", label: "Bars", fits: counted, redraws: true,
    load: async () => ({ draw: (await chart()).drawBars }),
  },
  {
    name: "LineChart", label: "Lines", fits: counted, redraws: true,
    load: async () => ({ draw: (await chart()).drawLines }),
  },
  {
    name: "AreaChart", label: "Areas", fits: counted, redraws: true,
    load: async () => ({ draw: (await chart()).drawAreas }),
  },
];

/** Whether something has coordinates, or is an item of Wikidata, as countries are. */
function placed(/** @type {Result} */ result) {
  if (sortColumns(result).place.length) return true;
  return result.rows.some((row) =>
    Object.values(row).some(
      (term) => term.type === "uri" && /^https?:\/\/www\.wikidata\.org\/entity\/Q\d+$/.test(term.value),
    ),
  );
}

/** Find a view by name; undefined if there is none of that name. */
export function findView(/** @type {string | undefined} */ name) {
  return VIEWS.find((view) => view.name.toLowerCase() === name?.toLowerCase());
}

/** Leave columns out. @returns {Result} */
export function hide(/** @type {Result} */ result, /** @type {string[]} */ columns) {
  const kept = result.columns.filter((column) => !columns.includes(column));
  return columns.length ? { ...result, columns: kept } : result;
}

/** @type {ResizeObserver | undefined} */
let watching;
let turn = 0;

/**
 * Draw a result in a view, and again when the container's width changes.
 * @param {HTMLElement} container
 * @param {View} view
 * @param {Result} result
 */
export async function show(container, view, result) {
  const mine = ++turn;
  watching?.disconnect();
  const { draw } = await view.load();
  if (mine !== turn) return;
  if (result.boolean !== undefined) {
    container.replaceChildren(html("p", { class: "boolean" }, say(result.boolean ? "Yes" : "No")));
    return;
  }
  let width = 0;
  const redraw = () => {
    if (container.clientWidth === width) return;
    width = container.clientWidth;
    container.replaceChildren();
    draw(container, result);
  };
  redraw();
  if (!view.redraws) return;
  watching = new ResizeObserver(() => requestAnimationFrame(redraw));
  watching.observe(container);
}
