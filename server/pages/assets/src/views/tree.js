/** The tree: each column a level under the one before, as on the Wikidata Query Service. */
import { html } from "../dom.js";
import { count, say } from "../language.js";
import { nameOf, namingColumns } from "../rows.js";

/**
 * @typedef {import("../rows.js").Name} Name
 * @typedef {{ name?: Name, children: Map<string, Branch> }} Branch
 */

const OPEN_UNTIL = 60;

/** @param {HTMLElement} container @param {import("../results.js").Result} result */
export function draw(container, result) {
  const columns = namingColumns(result);
  /** @type {Branch} */
  const root = { children: new Map() };
  for (const row of result.rows) {
    let branch = root;
    for (const column of columns) {
      const name = nameOf(row, column);
      if (!name) continue;
      const next = branch.children.get(name.key) ?? { name, children: new Map() };
      branch.children.set(name.key, next);
      branch = next;
    }
  }
  const whole = list(root, result.rows.length <= OPEN_UNTIL);
  whole.hidden = false;
  container.append(whole);
}

/** @param {Branch} branch @param {boolean} open @returns {HTMLElement} */
function list(branch, open) {
  const items = [...branch.children.values()].map((child) => item(child, open));
  return html("ul", { class: "branches", hidden: !open }, ...items);
}

/** @param {Branch} branch @param {boolean} open */
function item({ name, children }, open) {
  const text = name?.href ? html("a", { href: name.href }, name.text) : name?.text;
  if (!children.size) return html("li", { class: "leaf" }, text);
  const inner = list({ children }, open);
  const fold = () => {
    inner.hidden = !inner.hidden;
    button.setAttribute("aria-expanded", String(!inner.hidden));
  };
  const label = say("Parts of {name}", { name: name?.text ?? "" });
  const button = html("button", { type: "button", "aria-expanded": String(open), "aria-label": label, onclick: fold });
  return html("li", {}, button, text, html("span", { class: "muted small" }, ` ${count(children.size)}`), inner);
}
