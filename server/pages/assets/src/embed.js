/** One view of one answer, for a frame in another page: `/embed#query=…&view=…`. */
import { find, html } from "./dom.js";
import { explain } from "./explain.js";
import { say } from "./language.js";
import { readDefaultView, readFragment, writeFragment } from "./permalink.js";
import { ask, Problem } from "./query.js";
import { VIEWS, findView, hide, show } from "./views/index.js";

const answer = find("#answer", HTMLElement);
const link = find("#open", HTMLAnchorElement);

async function start() {
  const { query, view } = readFragment(location.hash);
  if (!query) {
    answer.replaceChildren(html("p", {}, say("No query")));
    return;
  }
  link.href = `${link.pathname}${writeFragment({ query, view })}`;
  try {
    const wish = readDefaultView(query);
    const result = hide(await ask(answer.dataset.endpoint ?? "/sparql", query), wish.hide);
    const wanted = findView(view ?? wish.name);
    await show(answer, wanted?.fits(result) ? wanted : VIEWS[0], result);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    answer.replaceChildren(explain(error));
  }
}

addEventListener("hashchange", start);
start();
