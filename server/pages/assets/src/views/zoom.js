/** Zooming and dragging a drawing: by buttons, keys, Ctrl and wheel, or two fingers. */
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { html } from "../dom.js";
import { say } from "../language.js";

const STEP = 80;
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

/**
 * Let a reader zoom and move what is in a layer. A wheel or a finger alone scrolls the page.
 * @param {SVGSVGElement} picture which has a viewBox
 * @param {SVGGElement} layer
 * @param {(scale: number) => void} [scaled] told of each new scale
 * @returns {HTMLElement} the buttons
 */
export function zoomable(picture, layer, scaled) {
  const drawing = select(/** @type {Element} */ (picture));
  const behaviour = zoom()
    .scaleExtent([0.5, 16])
    .filter((event) => {
      if (event.type === "wheel") return event.ctrlKey || event.metaKey;
      return event.touches ? event.touches.length > 1 : !event.button;
    })
    .on("zoom", ({ transform }) => {
      layer.setAttribute("transform", transform);
      scaled?.(transform.k);
    });
  drawing.call(behaviour).on("dblclick.zoom", null);
  picture.setAttribute("tabindex", "0");
  picture.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move || event.target !== picture) return;
    event.preventDefault();
    behaviour.translateBy(drawing, ...move);
  });
  const button = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {() => void} */ onclick) =>
    html("button", { type: "button", "aria-label": say(label), onclick }, sign);
  return html("span", { class: "zoom" },
    button("Zoom out", "−", () => behaviour.scaleBy(drawing, 1 / 1.6)),
    button("Zoom in", "+", () => behaviour.scaleBy(drawing, 1.6)),
    button("Show all", "⤢", () => behaviour.transform(drawing, zoomIdentity)));
}
