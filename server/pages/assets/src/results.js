/** The answer to a query, in one form whatever the query's, and what its columns hold. */
import { readDate } from "./edtf.js";
import { datatypeOf, numberOf } from "./terms.js";

/**
 * @typedef {import("./terms.js").Term} Term
 * @typedef {Record<string, Term>} Row
 * @typedef {{ columns: string[], rows: Row[], boolean?: boolean, graph: boolean }} Result
 *   `graph` if it is of a CONSTRUCT or DESCRIBE: then the columns are subject, predicate, object
 */

const TRIPLE = ["subject", "predicate", "object"];

/** Read an answer by its media type. @returns {Result} */
export function readResult(/** @type {string} */ text, /** @type {string} */ mediaType) {
  if (mediaType.includes("json")) {
    const { head, results, boolean } = JSON.parse(text);
    return { columns: head.vars ?? [], rows: results?.bindings ?? [], boolean, graph: false };
  }
  return { columns: TRIPLE, rows: readTriples(text), graph: true };
}

const IRI = String.raw`<([^>]*)>`;
const NODE = new RegExp(
  String.raw`\s*(?:${IRI}|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:\^\^${IRI}|@([\w-]+))?|(<<\(|\)>>|\.))`,
  "y",
);
/** @type {Record<string, string>} */
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

/** Read N-Triples (RDF 1.2) as a serialiser writes them. @returns {Row[]} */
export function readTriples(/** @type {string} */ text) {
  /** @type {Row[]} */
  const rows = [];
  NODE.lastIndex = 0;
  while (/\S/.test(text.slice(NODE.lastIndex))) {
    const [subject, predicate, object] = [readTerm(text), readTerm(text), readTerm(text)];
    rows.push({ subject, predicate, object });
    if (NODE.exec(text)?.[6] !== ".") throw new SyntaxError("not N-Triples");
  }
  return rows;
}

/** @returns {Term} */
function readTerm(/** @type {string} */ text) {
  const match = NODE.exec(text);
  if (!match) throw new SyntaxError("not N-Triples");
  const [, iri, blank, literal, datatype, tag] = match;
  if (iri !== undefined) return { type: "uri", value: unescape(iri) };
  if (blank !== undefined) return { type: "bnode", value: blank };
  if (literal !== undefined) {
    return { type: "literal", value: unescape(literal), datatype, "xml:lang": tag };
  }
  const value = { subject: readTerm(text), predicate: readTerm(text), object: readTerm(text) };
  NODE.exec(text);
  return { type: "triple", value };
}

function unescape(/** @type {string} */ text) {
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_, short, long, letter) =>
    letter ? (ESCAPES[letter] ?? letter) : String.fromCodePoint(Number.parseInt(short ?? long, 16)),
  );
}

/** @typedef {"number" | "date" | "place" | "thing" | "text"} Kind */

/** What a column holds: what all its values are, else things if there is one, else text. */
export function kindOf(/** @type {Result} */ result, /** @type {string} */ column) {
  const terms = result.rows.map((row) => row[column]).filter(Boolean);
  /** @type {[Kind, (term: Term) => unknown][]} */
  const tests = [
    ["number", (term) => numberOf(term) !== undefined],
    ["date", isDate],
    ["place", (term) => datatypeOf(term) === "wktLiteral"],
  ];
  const found = terms.length && tests.find(([, test]) => terms.every(test));
  if (found) return found[0];
  return terms.some((term) => term.type === "uri" || term.type === "bnode") ? "thing" : "text";
}

const DATES = /^(date|dateTime|dateTimeStamp|gYear|gYearMonth|string)$/;

function isDate(/** @type {Term} */ term) {
  return term.type !== "triple" && DATES.test(datatypeOf(term)) && readDate(term.value) !== undefined;
}

/** The columns of each kind, in their order. @returns {Record<Kind, string[]>} */
export function sortColumns(/** @type {Result} */ result) {
  /** @type {Record<Kind, string[]>} */
  const sorted = { number: [], date: [], place: [], thing: [], text: [] };
  for (const column of result.columns) sorted[kindOf(result, column)].push(column);
  return sorted;
}
