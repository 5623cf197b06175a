/** What scripts add to the curated views: finding an event among many. All else is there without. */
import { count, say } from "./language.js";

document.documentElement.classList.add("scripted");

const form = document.querySelector(".filter-events");
if (form instanceof HTMLFormElement) setUpFilter(form);

function setUpFilter(/** @type {HTMLFormElement} */ form) {
  const words = form.querySelector("input");
  const note = form.querySelector("[role=status]");
  const events = [...document.querySelectorAll(".event")].filter((row) => row instanceof HTMLElement);
  const groups = [...document.querySelectorAll("table.events tbody")].filter((body) => body instanceof HTMLElement);
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const wanted = words?.value.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
    for (const event of events) {
      const text = event.textContent?.toLowerCase() ?? "";
      event.hidden = !wanted.every((word) => text.includes(word));
    }
    for (const list of document.querySelectorAll("tr.undated details")) {
      if (list instanceof HTMLDetailsElement) list.open = wanted.length > 0;
    }
    for (const group of groups) group.hidden = !group.querySelector(".event:not([hidden])");
    const shown = count(events.filter((event) => !event.hidden).length);
    if (note) note.textContent = say("{shown} of {all} events", { shown, all: count(events.length) });
  });
}
