/** The table: sorted by any column, filtered as one types, shown in portions. */
import { html } from "../dom.js";
import { count, language, say } from "../language.js";
import { kindOf } from "../results.js";
import { linkOf, numberOf, textOf } from "../terms.js";

/**
 * @typedef {import("../results.js").Result} Result
 * @typedef {import("../results.js").Row} Row
 */

const PORTION = 200;
const FEW = 10;

/** @param {HTMLElement} container @param {Result} result */
export function draw(container, result) {
  const table = new Table(result);
  const words = say("Filter the rows");
  const filter = html("input", {
    type: "search", "aria-label": words, placeholder: words, oninput: () => table.filter(filter.value),
  });
  const frame = { class: "scroll", tabindex: 0, role: "region", "aria-label": say("Table") };
  if (result.rows.length > FEW) container.append(html("p", { class: "filter" }, filter));
  container.append(html("div", frame, table.element), html("p", { class: "row" }, table.more, table.note));
}

class Table {
  constructor(/** @type {Result} */ result) {
    this.result = result;
    this.rows = result.rows;
    this.shown = PORTION;
    this.numeric = new Set(result.columns.filter((column) => kindOf(result, column) === "number"));
    this.headers = new Map(result.columns.map((column) => [column, this.header(column)]));
    this.body = html("tbody");
    this.note = html("span", { class: "small muted", role: "status" });
    this.more = html("button", { type: "button", onclick: () => this.render(this.shown + 5 * PORTION) }, say("Show more"));
    const head = html("thead", {}, html("tr", {}, ...this.headers.values()));
    this.element = html("table", { class: "answer" }, head, this.body);
    this.render(PORTION);
  }

  header(/** @type {string} */ column) {
    const button = html("button", { type: "button", onclick: () => this.sort(column) }, column);
    return html("th", { scope: "col", class: this.numeric.has(column) && "number" }, button);
  }

  render(/** @type {number} */ shown) {
    this.shown = shown;
    this.body.replaceChildren(...this.rows.slice(0, shown).map((row) => this.line(row)));
    this.more.hidden = this.rows.length <= shown;
    const counts = { shown: count(shown), all: count(this.rows.length) };
    this.note.textContent = this.more.hidden ? "" : say("{shown} of {all} rows", counts);
  }

  line(/** @type {Row} */ row) {
    return html("tr", {}, ...this.result.columns.map((column) => cell(row, column, this.numeric.has(column))));
  }

  filter(/** @type {string} */ words) {
    const wanted = words.toLowerCase();
    this.rows = this.result.rows.filter((row) => matches(row, wanted));
    this.order();
  }

  /** Sort by a column, the other way round if it is by that column already. */
  sort(/** @type {string} */ column) {
    const down = this.headers.get(column)?.getAttribute("aria-sort") === "ascending";
    for (const header of this.headers.values()) header.removeAttribute("aria-sort");
    this.headers.get(column)?.setAttribute("aria-sort", down ? "descending" : "ascending");
    this.order();
  }

  order() {
    for (const [column, header] of this.headers) {
      const order = header.getAttribute("aria-sort");
      if (order) this.rows = sorted(this.rows, column, order === "descending");
    }
    this.render(PORTION);
  }
}

/** @param {Row} row @param {string} column @param {boolean} isNumber */
function cell(row, column, isNumber) {
  const term = row[column];
  if (!term) return html("td");
  const href = linkOf(term);
  const text = textOf(term);
  const tag = "xml:lang" in term ? term["xml:lang"] : undefined;
  const title = term.type === "uri" && text !== term.value ? term.value : undefined;
  const content = href ? html("a", { href, title, rel: "nofollow" }, text) : text;
  return html("td", { class: isNumber && "number", lang: tag }, content);
}

/** @param {Row} row @param {string} wanted in lower case */
function matches(row, wanted) {
  return Object.values(row).some((term) => textOf(term).toLowerCase().includes(wanted));
}

/** Sort by number where both are, else by text; rows without a value come last. */
function sorted(/** @type {Row[]} */ rows, /** @type {string} */ column, /** @type {boolean} */ down) {
  const collator = new Intl.Collator(language, { numeric: true });
  const sign = down ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [one[column], other[column]];
    if (!a || !b) return Number(!a) - Number(!b);
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x !== undefined && y !== undefined) return sign * (x - y);
    return sign * collator.compare(textOf(a), textOf(b));
  });
}
