/** What the address of the workbench or of an embedded view says: a query, and how to show it. */

/** @typedef {{ query?: string, view?: string }} Shared */

/** Read a fragment such as `#query=SELECT…&view=Map`. @returns {Shared} */
export function readFragment(/** @type {string} */ fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"));
  return { query: fields.get("query") ?? undefined, view: fields.get("view") ?? undefined };
}

/** Write such a fragment. */
export function writeFragment(/** @type {Shared} */ { query, view }) {
  const fields = Object.entries({ query, view }).filter(([, value]) => value);
  return `#${fields.map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`).join("&")}`;
}

/**
 * Read the view that a query wishes for, in the Wikidata Query Service's convention:
 * `#defaultView:Timeline` or `#defaultView:Graph{"hide":["?x"]}`.
 * @returns {{ name?: string, hide: string[] }}
 */
export function readDefaultView(/** @type {string} */ query) {
  const match = /^[ \t]*#[ \t]*defaultView:[ \t]*(\w+)[ \t]*(\{.*\})?/m.exec(query);
  if (!match) return { hide: [] };
  let options = {};
  try {
    options = JSON.parse(match[2] ?? "{}");
  } catch {
    // Options that are no JSON hide nothing.
  }
  const { hide } = /** @type {{ hide?: unknown }} */ (options);
  const names = (Array.isArray(hide) ? hide : [hide]).filter((name) => typeof name === "string");
  return { name: match[1], hide: names.map((name) => name.replace(/^[?$]/, "")) };
}
