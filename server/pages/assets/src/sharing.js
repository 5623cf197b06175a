/** Taking a query elsewhere: a link, a frame for another page, code, or the answer as a file. */
import { find, html } from "./dom.js";
import { say } from "./language.js";
import { writeFragment } from "./permalink.js";
import { settings } from "./settings.js";
import { SNIPPETS } from "./snippets.js";

/** @typedef {() => { query: string, view: string }} Now */

/** Let the toolbar's buttons open the dialogue. */
export function setUpSharing(/** @type {Now} */ now) {
  const dialog = find("#sharing", HTMLDialogElement);
  const close = () => dialog.close();
  const opener = (/** @type {string} */ title, /** @type {() => Node[]} */ content) => () => {
    const heading = html("h2", {}, title);
    const button = html("button", { type: "button", onclick: close }, say("Close"));
    dialog.replaceChildren(html("div", { class: "dialog-head" }, heading, button), ...content());
    dialog.showModal();
  };
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
  find("#share", HTMLButtonElement).addEventListener("click", opener(say("Share"), () => links(now())));
  find("#code", HTMLButtonElement).addEventListener("click", opener(say("Use it in code"), () => codes(now())));
}

/** The address of a query in the workbench, or of its view alone. */
const address = (/** @type {string} */ path, /** @type {ReturnType<Now>} */ { query, view }) =>
  `${settings.base}${path}${writeFragment({ query, view: view === "Table" ? undefined : view })}`;

function links(/** @type {ReturnType<Now>} */ now) {
  const frame = html("iframe", {
    src: address("/embed", now), width: "100%", height: 480, title: say("Xingtu: answer to a query"),
    loading: "lazy", referrerpolicy: "no-referrer",
  });
  return [
    ...copyable(say("Link to this query and view"), address("/query", now)),
    ...copyable(say("Link to the view alone"), address("/embed", now)),
    ...copyable(say("Frame for another page"), frame.outerHTML),
  ];
}

const codes = (/** @type {ReturnType<Now>} */ { query }) =>
  SNIPPETS.flatMap(({ name, code }) => copyable(name, code(query, settings.endpoint)));

/** A text under a heading, with a button that copies it. */
function copyable(/** @type {string} */ title, /** @type {string} */ text) {
  const code = html("pre", { tabindex: 0, "aria-label": title }, html("code", {}, text));
  const button = html("button", { type: "button" }, say("Copy"));
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text, code)) ? say("Copied") : say("Selected: press Ctrl+C");
    setTimeout(() => (button.textContent = say("Copy")), 2000);
  });
  return [html("div", { class: "dialog-head" }, html("h3", {}, title), button), code];
}

/** Copy a text, or select it where the browser forbids that. */
async function copy(/** @type {string} */ text, /** @type {Node} */ shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return false;
  }
}
