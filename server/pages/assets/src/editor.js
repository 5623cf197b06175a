/**
 * The editor: YASGUI's (YASQE), with our prefixes and terms, and nothing fetched from elsewhere.
 *
 * Why not the whole of YASGUI (`@zazuko/yasgui` 4.6.2, tried under our policy in Chromium): its
 * tables add a style element, which `default-src 'self'` refuses, and so stand wrong; axe finds
 * three critical faults (fields and a select without a name, tabs that are none); it is 290 kB
 * compressed, has a field for endpoints elsewhere, and none of our views. Its tabs we do without:
 * each query has an address.
 */
import Yasqe from "@zazuko/yasqe";
import { html } from "./dom.js";
import { count, language, say } from "./language.js";
import { settings } from "./settings.js";
import { shorten } from "./terms.js";

/**
 * A term of the ontology, with how often the graph uses it.
 * @typedef {{ iri: string, kind: "class" | "property" | "individual",
 *   labels: Record<string, string>, count: number }} Term
 */

// The server knows SPARQL 1.2, YASQE's grammar 1.1: what it would mark as wrong is often right.
Yasqe.prototype.checkSyntax = () => {};

const MOST_HINTS = 40;

/**
 * Put an editor in place of a text area.
 * @param {HTMLTextAreaElement} area
 * @param {{ run: () => void, change: (text: string) => void }} act
 */
export function edit(area, { run, change }) {
  const frame = html("div", { class: "editor" });
  area.after(frame);
  area.hidden = true;
  registerCompleters();
  const editor = new Yasqe(frame, {
    value: area.value,
    persistenceId: null,
    createShareableLink: /** @type {any} */ (null),
    consumeShareLink: null,
    showQueryButton: false,
    resizeable: false,
    requestConfig: /** @type {any} */ ({ endpoint: settings.endpoint }),
    // Tab leaves the editor, as it leaves any field (WCAG 2.1.2).
    extraKeys: /** @type {any} */ ({ "Ctrl-Enter": run, "Cmd-Enter": run, Tab: false, "Shift-Tab": false }),
    // What screen readers and telephones can read and scroll.
    inputStyle: "contenteditable",
    viewportMargin: Infinity,
    editorHeight: "auto",
  });
  const input = editor.getInputField();
  input.setAttribute("role", "textbox");
  input.setAttribute("aria-multiline", "true");
  input.setAttribute("aria-label", say("SPARQL query"));
  input.setAttribute("aria-describedby", "keys");
  editor.on("change", () => change(editor.getValue()));
  return {
    set value(/** @type {string} */ text) {
      editor.setValue(text);
      editor.clearHistory();
    },
    focus: () => editor.focus(),
    mark: (/** @type {number} */ line, /** @type {number} */ column) => mark(editor, line, column),
    unmark: () => {
      for (const known of editor.getDoc().getAllMarks()) if (known.className === "fault") known.clear();
    },
  };
}

/** Show where a fault is: the word there, or the last one before. */
function mark(/** @type {any} */ editor, /** @type {number} */ line, /** @type {number} */ column) {
  const text = editor.getLine(line - 1) ?? "";
  const start = /\S/.test(text.slice(column - 1)) ? column - 1 : text.trimEnd().search(/\S*$/);
  const length = /^\s*\S*/.exec(text.slice(start))?.[0].length ?? 1;
  const from = { line: line - 1, ch: start };
  editor.getDoc().markText(from, { line: line - 1, ch: start + length }, { className: "fault" });
  editor.getDoc().setCursor(from);
  editor.scrollIntoView(from, 80);
}

/** @type {Promise<Term[]> | undefined} */
let known;

/** The classes, properties and individuals that the endpoint knows. */
function terms() {
  known ??= fetch(settings.terms).then((response) => (response.ok ? response.json() : []));
  return known;
}

function registerCompleters() {
  const prefixes = Object.entries(settings.prefixes).map(([name, iri]) => `${name}: <${iri}>`);
  const { prefixes: standard } = Yasqe.Autocompleters;
  Yasqe.registerAutocompleter({ ...standard, name: "our-prefixes", persistenceId: null, get: () => prefixes }, false);
  Yasqe.registerAutocompleter(completer, false);
  Yasqe.defaults.autocompleters = ["variables", "our-prefixes", "our-terms"];
}

/** @type {any} */
const completer = {
  name: "our-terms",
  bulk: false,
  autoShow: true,
  isValidCompletionPosition: (/** @type {any} */ yasqe) => {
    const { string, type } = yasqe.getCompleteToken();
    return type !== "comment" && type !== "string" && /^[a-z]+:\S*$/.test(string);
  },
  get: async (/** @type {any} */ yasqe, /** @type {any} */ token) => {
    const isType = /\b(a|rdf:type|rdfs:subClassOf)\s+$/.test(before(yasqe));
    const found = (await terms()).map((term) => ({ term, rank: rank(term, token.string, isType) }));
    return found
      .filter((row) => row.rank > 0)
      .sort((one, other) => other.rank - one.rank || other.term.count - one.term.count)
      .slice(0, MOST_HINTS)
      .map(({ term }) => term.iri);
  },
  postProcessSuggestion: (/** @type {any} */ _yasqe, /** @type {any} */ _token, /** @type {string} */ iri) => shorten(iri),
  postprocessHints: async (/** @type {any} */ _yasqe, /** @type {any[]} */ hints) => {
    const byName = new Map((await terms()).map((term) => [shorten(term.iri), term]));
    return hints.map((hint) => ({
      ...hint,
      render: (/** @type {HTMLElement} */ item) => item.append(...describe(hint.text, byName.get(hint.text))),
    }));
  },
};

/** What stands before the word at the cursor, on its line. */
function before(/** @type {any} */ yasqe) {
  const { line } = yasqe.getDoc().getCursor();
  return yasqe.getLine(line).slice(0, yasqe.getCompleteToken().start);
}

/** How well a term fits what is typed: 0 not at all. */
function rank(/** @type {Term} */ term, /** @type {string} */ typed, /** @type {boolean} */ isType) {
  const [prefix, rest] = typed.toLowerCase().split(":", 2);
  const [ownPrefix, name = ""] = shorten(term.iri).toLowerCase().split(":", 2);
  if (ownPrefix !== prefix || (isType && term.kind !== "class")) return 0;
  if (name === rest && rest) return 0;
  if (name.startsWith(rest)) return 3;
  if (name.includes(rest)) return 2;
  return Object.values(term.labels).some((label) => label.toLowerCase().includes(rest)) ? 1 : 0;
}

function describe(/** @type {string} */ name, /** @type {Term | undefined} */ term) {
  const label = term && (term.labels[language] ?? term.labels.en);
  const facts = [term && say(term.kind), label, term?.count ? count(term.count) : ""].filter(Boolean);
  return [html("span", {}, name), " ", html("span", { class: "hint" }, facts.join(" · "))];
}
