/** The graph: things and what joins them, laid out by forces that find rest before it shows. */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { adopt, html, svg } from "../dom.js";
import { count, say } from "../language.js";
import { kindOf } from "../results.js";
import { nameOf, namingColumns } from "../rows.js";
import css from "./graph.css?text";
import { zoomable } from "./zoom.js";

/**
 * @typedef {import("../results.js").Result} Result
 * @typedef {import("../rows.js").Name & import("d3-force").SimulationNodeDatum & { group: number }} Node
 * @typedef {{ source: Node, target: Node, labels: Set<string> }} Edge
 */

adopt(css);

const MOST_NODES = 300;
const EDGE_LABEL = /^(edge|relation|property|predicate|role|kind)/i;

/** @param {HTMLElement} container @param {Result} result */
export function draw(container, result) {
  const { nodes, edges, omitted } = read(result);
  const width = Math.max(container.clientWidth, 640);
  const height = Math.max(360, Math.min(width * 0.62, 620));
  arrange(nodes, edges);
  const layer = svg("g");
  layer.append(...edges.map(line), ...nodes.map(dot));
  const [left, top, wide, tall] = frame(nodes);
  const picture = svg("svg", {
    class: "graph", width, height, viewBox: `${left} ${top} ${wide} ${tall}`, role: "group", "aria-label": say("Graph"),
  }, svg("defs", {}, arrow()), layer);
  const text = { nodes: count(nodes.length), edges: count(edges.length) };
  container.append(
    html("p", { class: "row legend" }, html("span", {}, say("{nodes} things, {edges} links", text)), zoomable(picture, layer)),
    html("div", { class: "scroll" }, picture),
    omitted ? html("p", { class: "small muted" }, say("{count} more rows are in the table.", { count: count(omitted) })) : "",
  );
}

/** @returns {{ nodes: Node[], edges: Edge[], omitted: number }} */
function read(/** @type {Result} */ result) {
  const { ends, label } = columnsOf(result);
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  let omitted = 0;
  for (const row of result.rows) {
    const names = ends.map((column) => nameOf(row, column)).map((name, group) => name && { ...name, group });
    const found = names.filter((name) => name !== undefined);
    if (nodes.size + found.length > MOST_NODES) {
      omitted += 1;
      continue;
    }
    const here = found.map((name) => nodes.get(name.key) ?? (nodes.set(name.key, name), name));
    const words = label && nameOf(row, label)?.text;
    for (const [n, source] of here.slice(0, -1).entries()) {
      const target = here[n + 1];
      const key = `${source.key} ${target.key}`;
      const edge = edges.get(key) ?? { source, target, labels: new Set() };
      if (words) edge.labels.add(words);
      edges.set(key, edge);
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], omitted };
}

/** Which columns are joined, in which order, and which one says how. */
function columnsOf(/** @type {Result} */ result) {
  if (result.graph) {
    const things = kindOf(result, "object") === "thing";
    return { ends: things ? ["subject", "object"] : ["subject"], label: "predicate" };
  }
  const columns = namingColumns(result);
  const label = columns.length > 2 ? columns.find((column) => EDGE_LABEL.test(column)) : undefined;
  return { ends: columns.filter((column) => column !== label), label };
}

/**
 * Lay out by forces: links pull first, so that what belongs together is together before it spreads.
 * @param {Node[]} nodes
 * @param {Edge[]} edges
 */
function arrange(nodes, edges) {
  const links = forceLink(edges).distance(30).strength(1);
  const layout = forceSimulation(nodes).stop();
  layout.force("link", links).force("charge", forceManyBody().strength(-20)).tick(150);
  layout
    .alpha(1)
    .force("link", links.distance(130).strength(0.7))
    .force("charge", forceManyBody().strength(-500).distanceMax(700))
    .force("apart", forceCollide(58))
    .force("x", forceX(0).strength(0.04))
    .force("y", forceY(0).strength(0.08))
    .tick(300);
}

/** The part of the plane that holds everything, names included. @param {Node[]} nodes */
function frame(nodes) {
  const [xs, ys] = [nodes.map(({ x }) => x ?? 0), nodes.map(({ y }) => y ?? 0)];
  const [left, top] = [Math.min(0, ...xs) - 110, Math.min(0, ...ys) - 40];
  return [left, top, Math.max(...xs, 0) + 110 - left, Math.max(...ys, 0) + 50 - top];
}

function arrow() {
  const size = { viewBox: "0 0 8 8", refX: 15, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" };
  return svg("marker", { id: "arrow", ...size }, svg("path", { d: "M0,0L8,4L0,8z" }));
}

function line(/** @type {Edge} */ { source, target, labels }) {
  const [x1, y1, x2, y2] = [source.x, source.y, target.x, target.y].map((at) => Math.round(at ?? 0));
  const words = [...labels].join(", ");
  return svg("g", { class: "edge" },
    svg("title", {}, [source.text, words, target.text].filter(Boolean).join(" → ")),
    svg("line", { x1, y1, x2, y2, "marker-end": "url(#arrow)" }),
    // Nearer to the source, so that the names of a link and of the one back do not meet.
    words ? svg("text", { x: x1 + (x2 - x1) * 0.4, y: y1 + (y2 - y1) * 0.4 - 4 }, words) : null);
}

function dot(/** @type {Node} */ { x, y, text, href, group }) {
  const place = { class: `node group-${group % 8}`, transform: `translate(${Math.round(x ?? 0)},${Math.round(y ?? 0)})` };
  const short = text.length > 28 ? `${text.slice(0, 27)}…` : text;
  const content = [svg("title", {}, text), svg("circle", { r: 8 }), svg("text", { y: 22 }, short)];
  return href ? svg("a", { href, ...place }, ...content) : svg("g", place, ...content);
}
