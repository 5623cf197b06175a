/** What views draw: a row reduced to a name, where it leads, and what else it says. */
import { sortColumns } from "./results.js";
import { keyOf, linkOf, textOf } from "./terms.js";

/**
 * @typedef {import("./results.js").Result} Result
 * @typedef {import("./results.js").Row} Row
 * @typedef {{ key: string, text: string, href?: string }} Name
 */

/** How many groups have a colour of their own. */
const MOST_GROUPS = 8;

/**
 * What one value of a row is called and where it leads. A thing in ?x is called what ?xLabel says,
 * as on the Wikidata Query Service.
 * @returns {Name | undefined}
 */
export function nameOf(/** @type {Row} */ row, /** @type {string} */ column) {
  const term = row[column];
  if (!term) return undefined;
  return { key: keyOf(term), text: textOf(row[`${column}Label`] ?? term), href: linkOf(term) };
}

/** The columns of things and texts that name something, without those that label another. */
export function namingColumns(/** @type {Result} */ result) {
  const { thing, text } = sortColumns(result);
  return result.columns
    .filter((column) => thing.includes(column) || text.includes(column))
    .filter((column) => !(column.endsWith("Label") && result.columns.includes(column.slice(0, -5))));
}

/** How many values a column has that differ. */
export function distinct(/** @type {Result} */ result, /** @type {string} */ column) {
  return new Set(result.rows.map((row) => row[column]).filter(Boolean).map(keyOf)).size;
}

/** The column that tells rows apart best: what a row is about. @returns {string | undefined} */
export function mainColumn(/** @type {Result} */ result) {
  const columns = namingColumns(result);
  const best = Math.max(0, ...columns.map((column) => distinct(result, column)));
  return columns.find((column) => distinct(result, column) === best);
}

/**
 * The column by whose few values rows fall into groups.
 * @param {Result} result
 * @param {string | undefined} main
 */
export function groupColumn(result, main) {
  const counts = namingColumns(result)
    .filter((column) => column !== main)
    .map((column) => /** @type {const} */ ([column, distinct(result, column)]));
  return counts.find(([, count]) => count > 1 && count <= MOST_GROUPS)?.[0];
}

/** All that a row says, a line for each column. */
export function tell(/** @type {Result} */ result, /** @type {Row} */ row) {
  return result.columns
    .filter((column) => row[column])
    .map((column) => `${column}: ${textOf(row[column])}`)
    .join("\n");
}
