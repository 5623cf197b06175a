/** The interface's texts: English in the code, Chinese from the server. */
import { settings } from "./settings.js";

export const language = document.documentElement.lang || "en";

/**
 * Give a text in the page's language.
 * @param {string} english
 * @param {Record<string, string | number>} [values] for its {placeholders}
 */
export function say(english, values = {}) {
  const text = settings.texts[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** A number as readers of the language write it. */
export const count = (/** @type {number} */ number) => number.toLocaleString(language);
