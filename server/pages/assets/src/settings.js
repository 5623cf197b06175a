/** What the server tells the page's scripts, in a data block; scripts themselves are never inline. */

/**
 * `endpoint` and `base` are absolute, by the public base address; `terms` is the address of the
 * terms to complete; `prefixes` are those of the ontology; `pages` are a namespace each, with what
 * stands before and after a local name in the address of our page about it; `texts` are the
 * Chinese for the English ones in the code.
 * @typedef {{ endpoint: string, base: string, terms: string, prefixes: Record<string, string>,
 *   pages: [space: string, head: string, tail: string][], texts: Record<string, string> }} Settings
 */

const block = document.getElementById("settings")?.textContent ?? "{}";

/** @type {Settings} */
export const settings = {
  endpoint: "/sparql", base: "", terms: "", prefixes: {}, pages: [], texts: {}, ...JSON.parse(block),
};
