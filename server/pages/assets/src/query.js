/** Asking the endpoint, and saying what went wrong and what to try when it does not answer. */
import { say } from "./language.js";
import { readResult } from "./results.js";

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";

/** A query that was not answered; `line` and `column` count from 1. */
export class Problem extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {{ status?: number, line?: number, column?: number, retryAfter?: number }} [facts]
   */
  constructor(title, detail, facts = {}) {
    super(detail);
    this.title = title;
    this.status = facts.status ?? 0;
    this.line = facts.line;
    this.column = facts.column;
    this.retryAfter = facts.retryAfter;
  }

  /** What the one who asked can do about it. @returns {string[]} */
  get advice() {
    return (ADVICE[this.status] ?? []).map((text) => say(text));
  }
}

const SLOWER = [
  "Add a LIMIT, or count instead of listing.",
  "Put the most selective patterns first, and OPTIONAL ones last.",
  "Look for patterns that share no variable: they multiply the rows.",
];
/** @type {Record<number, string[]>} */
const ADVICE = {
  0: ["Check your connection and try again."],
  400: [
    "Check the marked place: a missing dot, brace or prefix declaration shows just before it.",
    "Ctrl+Space completes classes, properties and prefixes.",
  ],
  403: ["This endpoint takes queries only; SERVICE and updates may be switched off."],
  413: ["The query itself is too long or too deeply nested: split it."],
  422: ["Ask for less: fewer columns, a LIMIT, or counts."],
  429: ["Wait a little before the next query."],
  500: ["Try a simpler query. If it goes on, the operator's log says more."],
  502: ["A server that the query calls by SERVICE did not answer. Try without it."],
  503: SLOWER,
  504: SLOWER,
};

/**
 * Ask a query.
 * @param {string} endpoint
 * @param {string} query
 * @param {AbortSignal} [signal]
 * @throws {Problem} or an AbortError
 */
export async function ask(endpoint, query, signal) {
  const response = await send(endpoint, query, signal);
  const text = await response.text();
  const mediaType = response.headers.get("Content-Type") ?? "";
  if (!response.ok) throw problemOf(response, text, mediaType);
  return readResult(text, mediaType);
}

/** @param {string} endpoint @param {string} query @param {AbortSignal | undefined} signal */
async function send(endpoint, query, signal) {
  const headers = { Accept: ACCEPT };
  const body = new URLSearchParams({ query });
  try {
    return await fetch(endpoint, { method: "POST", headers, body, signal, credentials: "omit" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(say("No answer"), say("The server could not be reached."));
  }
}

/** @param {Response} response @param {string} text @param {string} mediaType */
function problemOf(response, text, mediaType) {
  const known = mediaType.includes("json") ? JSON.parse(text) : {};
  const wait = Number(response.headers.get("Retry-After"));
  return new Problem(known.title ?? response.statusText, known.detail ?? "", {
    status: response.status,
    line: known.line,
    column: known.column,
    retryAfter: wait > 0 ? wait : undefined,
  });
}
