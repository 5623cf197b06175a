/** Why a query was not answered, and what to try, for a reader. */
import { html } from "./dom.js";
import { count, say } from "./language.js";

const LONG = 180;

/** A notice about a problem. @param {import("./query.js").Problem} problem */
export function explain({ title, message, line, column, retryAfter, advice }) {
  const isPlaced = !line || message.startsWith("line ");
  const place = isPlaced ? "" : say("Line {line}, column {column}: ", { line, column: column ?? 1 });
  const wait = retryAfter && say("Try again in {seconds} s or later.", { seconds: count(retryAfter) });
  const tips = [wait, ...advice].filter(Boolean).map((text) => html("li", {}, text));
  return html("div", { class: "notice error", role: "alert" },
    html("p", {}, html("strong", {}, title)), ...tell(place + message), html("ul", {}, ...tips));
}

/** What the server says, of which a parser's long list of what it expected is folded away. */
function tell(/** @type {string} */ text) {
  if (text.length <= LONG) return [html("p", { class: "detail" }, text)];
  const all = html("details", {}, html("summary", {}, say("All of it")), html("p", { class: "detail" }, text));
  return [html("p", { class: "detail" }, `${text.slice(0, LONG)} …`), all];
}
