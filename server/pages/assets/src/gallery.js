/** The gallery of questions: found as one types, opened without leaving the page. */
import { find, html } from "./dom.js";
import { count, say } from "./language.js";

/**
 * Make the server's list of questions searchable, and its links open here.
 * @param {(name: string, query: string) => void} open
 */
export function setUpGallery(open) {
  const form = find("#find", HTMLFormElement);
  const input = find("#find input[type=search]", HTMLInputElement);
  const items = [...document.querySelectorAll("#questions li")].filter((item) => item instanceof HTMLElement);
  const note = html("p", { class: "small muted", role: "status" });
  form.after(note);
  form.addEventListener("submit", (event) => event.preventDefault());
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      item.hidden = !words.every((word) => item.dataset.words?.includes(word));
    }
    const shown = items.filter((item) => !item.hidden).length;
    note.textContent = words.length ? say("{shown} of {all} questions", { shown: count(shown), all: count(items.length) }) : "";
  };
  input.addEventListener("input", filter);
  find("#questions", HTMLElement).addEventListener("click", async (event) => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const response = await fetch(link.dataset.query ?? "");
    if (response.ok) open(link.dataset.name ?? "", await response.text());
    else location.assign(link.href);
  });
}
