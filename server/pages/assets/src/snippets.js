/** The query as code to copy: for the shell, for Python and for JavaScript. */

/** @typedef {{ name: string, code: (query: string, endpoint: string) => string }} Snippet */

/** A Python string literal on several lines, whatever the text has in it. */
function python(/** @type {string} */ text) {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"');
  return `"""${escaped}"""`;
}

/** A word of the POSIX shell. */
const shell = (/** @type {string} */ text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A template literal of JavaScript. */
const javascript = (/** @type {string} */ text) => `\`${text.replace(/[\\`]|\$\{/g, String.raw`\$&`)}\``;

/** @type {Snippet[]} */
export const SNIPPETS = [
  {
    name: "curl",
    code: (query, endpoint) => `curl ${shell(endpoint)} \\
  -H 'Accept: application/sparql-results+json' \\
  --data-urlencode query=${shell(query)}
`,
  },
  {
    name: "Python (SPARQLWrapper)",
    code: (query, endpoint) => `# pip install SPARQLWrapper
from SPARQLWrapper import JSON, POST, SPARQLWrapper

sparql = SPARQLWrapper(${JSON.stringify(endpoint)}, returnFormat=JSON)
sparql.setMethod(POST)
sparql.setQuery(${python(query)})

for row in sparql.queryAndConvert()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})
`,
  },
  {
    name: "Python (pandas)",
    code: (query, endpoint) => `# pip install pandas requests
import io

import pandas
import requests

query = ${python(query)}

answer = requests.post(${JSON.stringify(endpoint)}, data={"query": query}, headers={"Accept": "text/csv"})
answer.raise_for_status()
table = pandas.read_csv(io.StringIO(answer.text))
print(table)
`,
  },
  {
    name: "JavaScript",
    code: (query, endpoint) => `const query = ${javascript(query)};

const answer = await fetch(${JSON.stringify(endpoint)}, {
  method: "POST",
  headers: { Accept: "application/sparql-results+json" },
  body: new URLSearchParams({ query }),
});
if (!answer.ok) throw new Error(await answer.text());
const { results } = await answer.json();
console.table(results.bindings.map((row) =>
  Object.fromEntries(Object.entries(row).map(([name, term]) => [name, term.value]))));
`,
  },
];
