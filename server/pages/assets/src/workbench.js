/** The workbench: write or choose a query, run it, and look at its answer in one view or another. */
import { find, html } from "./dom.js";
import { explain } from "./explain.js";
import { setUpGallery } from "./gallery.js";
import { count, say } from "./language.js";
import { readDefaultView, readFragment, writeFragment } from "./permalink.js";
import { ask, Problem } from "./query.js";
import { setUpSharing } from "./sharing.js";
import { VIEWS, findView, hide, show } from "./views/index.js";

/** @typedef {import("./results.js").Result} Result */

const form = find("#ask", HTMLFormElement);
const area = find("#ask textarea", HTMLTextAreaElement);
const runButton = find("#run", HTMLButtonElement);
const status = find("#status", HTMLElement);
const problems = find("#problem", HTMLElement);
const answer = find("#answer", HTMLElement);
const chooser = find("#views", HTMLElement);
const section = find("#result", HTMLElement);

/** @type {Result | undefined} */
let result;
let view = VIEWS[0];
/** @type {AbortController | undefined} */
let running;

/** @type {ReturnType<typeof import("./editor.js").edit> | undefined} */
let editor;
/** @type {[line: number, column: number] | undefined} */
let fault;

/** The editor is big, so that nothing waits for it: until it is there, the text area does. */
async function setUpEditor() {
  const { edit } = await import("./editor.js");
  editor = edit(area, { run: runOrStop, change: (text) => (area.value = text) });
  if (fault) editor.mark(...fault);
}

function write(/** @type {string} */ query) {
  area.value = query;
  if (editor) editor.value = query;
}

/** Run the query instead of one that runs. @param {string} [wanted] the name of a view */
async function run(wanted) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  setBusy(true);
  const query = area.value;
  const began = performance.now();
  try {
    const whole = await ask(form.action, query, mine.signal);
    if (mine !== running) return;
    const wish = readDefaultView(query);
    result = hide(whole, wish.hide);
    report(performance.now() - began, wanted ?? wish.name);
    choose(findView(wanted ?? wish.name) ?? VIEWS[0]);
  } catch (error) {
    if (mine === running) fail(error);
  } finally {
    if (mine === running) {
      running = undefined;
      setBusy(false);
    }
  }
}

/** Run the query, or stop the one that runs. */
function runOrStop() {
  if (running) running.abort();
  else run();
}

function setBusy(/** @type {boolean} */ busy) {
  runButton.textContent = busy ? say("Stop") : say("Run");
  answer.toggleAttribute("aria-busy", busy);
  if (!busy) return;
  status.textContent = say("Running …");
  problems.replaceChildren();
  fault = undefined;
  editor?.unmark();
}

/** Say how much came back; and, if the wanted view is not offered, that. */
function report(/** @type {number} */ milliseconds, /** @type {string | undefined} */ wanted) {
  const rows = result?.rows.length ?? 0;
  const values = { rows: count(rows), time: count(Math.round(milliseconds)) };
  const text = result?.boolean !== undefined ? say("Answered in {time} ms", values)
    : say(rows === 1 ? "{rows} row in {time} ms" : "{rows} rows in {time} ms", values);
  const known = findView(wanted);
  const fits = !wanted || (known && result && known.fits(result));
  status.textContent = fits ? text : `${text}. ${say("The view {view} does not fit this answer.", { view: wanted })}`;
}

/** Show the answer in a view, or in the table if that does not fit. */
function choose(/** @type {import("./views/index.js").View} */ wanted) {
  if (!result) return;
  view = wanted.fits(result) ? wanted : VIEWS[0];
  const shown = result;
  const offered = shown.boolean === undefined ? VIEWS.filter((one) => one.fits(shown)) : [];
  chooser.replaceChildren(...offered.map((one) =>
    html("button", { type: "button", "aria-pressed": String(one === view), onclick: () => {
      choose(one);
      find("#views [aria-pressed=true]", HTMLButtonElement).focus();
    } }, say(one.label))));
  section.hidden = false;
  remember();
  show(answer, view, shown);
}

/** Keep the query and the view in the address, so that going back or sharing it brings them back. */
function remember() {
  const { search } = location;
  const query = area.value;
  const isNamed = search.includes("name=") && query === named;
  const fields = { query: isNamed ? undefined : query, view: view.name };
  const kept = new URLSearchParams(search);
  if (!isNamed) kept.delete("name");
  const rest = kept.size ? `?${kept}` : "";
  history.replaceState(null, "", `${location.pathname}${rest}${writeFragment(fields)}`);
  opened = location.search;
}

function fail(/** @type {unknown} */ error) {
  const isStopped = error instanceof DOMException && error.name === "AbortError";
  status.textContent = isStopped ? say("Stopped.") : "";
  if (isStopped) return;
  if (!(error instanceof Problem)) throw error;
  section.hidden = true;
  problems.replaceChildren(explain(error));
  fault = error.line ? [error.line, error.column ?? 1] : undefined;
  if (fault) editor?.mark(...fault);
}

// A query that the server knows by name keeps its short address as long as nobody changes it.
let named = area.defaultValue;
// The part of the address that only the server can bring back.
let opened = location.search;

/** Open a stored question. @param {string} name @param {string} query */
function open(name, query) {
  named = query;
  write(query);
  const kept = new URLSearchParams(location.search);
  kept.set("name", name);
  history.pushState(null, "", `${location.pathname}?${kept}`);
  opened = location.search;
  find("#ask", HTMLElement).scrollIntoView({ block: "start" });
  run();
}

form.addEventListener("submit", (event) => {
  // Only a button with a format leaves the page, for a file.
  if (event.submitter !== runButton && event.submitter?.hasAttribute("value")) return;
  event.preventDefault();
  runOrStop();
});
setUpGallery(open);
setUpSharing(() => ({ query: area.value, view: view.name }));
document.documentElement.classList.add("scripted");

/** Take over a query that the fragment of the address has. */
function takeOver() {
  const { query, view } = readFragment(location.hash);
  if (query === undefined) return;
  write(query);
  run(view);
}

addEventListener("hashchange", takeOver);
addEventListener("popstate", () => {
  if (location.search !== opened) location.reload();
});
takeOver();
if (!running && location.search.includes("name=")) run(readFragment(location.hash).view);
setUpEditor();
