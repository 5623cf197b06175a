/** RDF terms as the SPARQL 1.1 (and 1.2) results in JSON have them, and how a reader sees them. */
import { settings } from "./settings.js";

/**
 * @typedef {{ type: "uri" | "bnode", value: string }} Named
 * @typedef {{ type: "literal" | "typed-literal", value: string, datatype?: string, "xml:lang"?: string }} Literal
 * @typedef {{ type: "triple", value: { subject: Term, predicate: Term, object: Term } }} Triple
 * @typedef {Named | Literal | Triple} Term
 */

const XSD = "http://www.w3.org/2001/XMLSchema#";
/** The graph writes days as instants. */
const MIDNIGHT = /T00:00:00(Z|\+00:00)$/;

/** The text of a term, as short as it can be understood. */
export function textOf(/** @type {Term} */ term) {
  if (term.type === "uri") return shorten(term.value);
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type !== "triple") return datatypeOf(term) === "dateTime" ? term.value.replace(MIDNIGHT, "") : term.value;
  const { subject, predicate, object } = term.value;
  /** @returns {string} */
  const inner = (/** @type {Term} */ part) => textOf(part);
  return `<<( ${inner(subject)} ${inner(predicate)} ${inner(object)} )>>`;
}

/** A term as a key: equal for equal terms only. */
export const keyOf = (/** @type {Term} */ term) => JSON.stringify(term);

/** An IRI with a prefix, where one fits. */
export function shorten(/** @type {string} */ iri) {
  for (const [name, start] of Object.entries(settings.prefixes)) {
    const rest = iri.slice(start.length);
    if (iri.startsWith(start) && /^[\w-][\w.-]*$/.test(rest)) return `${name}:${rest}`;
  }
  return iri;
}

/** The target of a link to a term: our page, or the IRI if it is of the web; else none. */
export function linkOf(/** @type {Term} */ term) {
  if (term.type === "triple") return undefined;
  if (term.type === "uri") {
    const page = settings.pages.find(([start]) => term.value.startsWith(start));
    const rest = page && term.value.slice(page[0].length);
    if (page && rest && /^[^/?#%]+$/.test(rest)) return page[1] + encodeURIComponent(rest) + page[2];
  }
  const linkable = term.type === "uri" || ("datatype" in term && term.datatype === `${XSD}anyURI`);
  return linkable && /^https?:\/\//i.test(term.value) ? term.value : undefined;
}

/** The local name of a literal's datatype: "date", "decimal", "string" … */
export function datatypeOf(/** @type {Term} */ term) {
  if (term.type !== "literal" && term.type !== "typed-literal") return "";
  return term.datatype?.replace(/^.*[#/]/, "") ?? "string";
}

const NUMBERS = /^(integer|decimal|double|float|int|long|short|byte|(non)?(positive|negative)Integer|unsigned\w+)$/;

/** The number a literal stands for, or undefined. */
export function numberOf(/** @type {Term} */ term) {
  if (term.type === "triple" || !NUMBERS.test(datatypeOf(term))) return undefined;
  const number = Number(term.value);
  return Number.isFinite(number) ? number : undefined;
}
