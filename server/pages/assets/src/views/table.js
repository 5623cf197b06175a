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

/** @param {HTMLElement} container @param {Result} result */
export function draw(container, result) {
  const kinds = result.columns.map((column) => kindOf(result, column));
  const body = html("tbody");
  const note = html("p", { class: "small muted", role: "status" });
  const more = html("button", { type: "button", onclick: () => grow() }, say("Show more"));
  let rows = result.rows;
  let shown = PORTION;
  /** @type {{ column: string, down: boolean } | undefined} */
  let order;

  const render = () => {
    body.replaceChildren(...rows.slice(0, shown).map((row) => line(row)));
    more.hidden = rows.length <= shown;
    const of = { shown: count(Math.min(shown, rows.length)), all: count(rows.length) };
    note.textContent = rows.length > shown ? say("{shown} of {all} rows", of) : "";
  };
  const grow = () => {
    shown += PORTION * 5;
    render();
  };
  /** @param {Row} row */
  const line = (row) =>
    html("tr", {}, ...result.columns.map((column, n) => cell(row, column, kinds[n] === "number")));

  const headers = result.columns.map((column, n) => {
    const sort = () => {
      order = { column, down: order?.column === column && !order.down };
      rows = sorted(rows, column, order.down);
      for (const header of headers) header.removeAttribute("aria-sort");
      headers[n].setAttribute("aria-sort", order.down ? "descending" : "ascending");
      render();
    };
    const button = html("button", { type: "button", onclick: sort }, column);
    return html("th", { scope: "col", class: kinds[n] === "number" && "number" }, button);
  });

  const filter = html("input", { type: "search", "aria-label": say("Filter the rows"), placeholder: say("Filter the rows") });
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    rows = result.rows.filter((row) => matches(row, wanted));
    if (order) rows = sorted(rows, order.column, order.down);
    shown = PORTION;
    render();
  });
  const table = html("table", { class: "answer" }, html("thead", {}, html("tr", {}, ...headers)), body);
  const frame = { class: "scroll", tabindex: 0, role: "region", "aria-label": say("Table") };
  if (result.rows.length > 10) container.append(html("p", { class: "filter" }, filter));
  container.append(html("div", frame, table), html("p", { class: "row" }, more, note));
  render();
}

/** @param {Row} row @param {string} column @param {boolean} isNumber */
function cell(row, column, isNumber) {
  const term = row[column];
  if (!term) return html("td");
  const href = linkOf(term);
  const text = textOf(term);
  const tag = "xml:lang" in term ? term["xml:lang"] : undefined;
  const title = term.type === "uri" && text !== term.value ? term.value : undefined;
  return html(
    "td",
    { class: isNumber && "number", lang: tag },
    href ? html("a", { href, title, rel: "nofollow" }, text) : text,
  );
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
