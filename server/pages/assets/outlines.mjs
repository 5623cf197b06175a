/** Country outlines for maps: Natural Earth's, as SVG paths, by Wikidata item. */
import { readFileSync } from "node:fs";
import { feature as country } from "@rapideditor/country-coder";
import { geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import { HEIGHT, WIDTH, worldProjection } from "./src/world.js";

const atlas = new URL(import.meta.resolve("world-atlas/countries-110m.json"));
const draw = geoPath(worldProjection()).digits(0);

/**
 * @returns The size of the drawing; the paths of the globe's edge, the land and the borders on it;
 *   and for each country that country-coder knows, by its Wikidata item, the path of its outline
 *   and the middle of its largest part.
 */
export function outlines() {
  const world = JSON.parse(readFileSync(atlas, "utf8"));
  const { land, countries } = world.objects;
  /** @type {GeoJSON.FeatureCollection} */
  const shapes = /** @type {any} */ (feature(world, countries));
  return {
    width: WIDTH,
    height: HEIGHT,
    globe: pathOf({ type: "Sphere" }),
    land: pathOf(feature(world, land)),
    borders: pathOf(mesh(world, countries, (one, other) => one !== other)),
    countries: Object.fromEntries(shapes.features.flatMap(named)),
  };
}

/** @returns {[string, { path: string, middle: number[] }][]} One entry, or none if unknown. */
function named(/** @type {GeoJSON.Feature} */ shape) {
  const item = shape.id && country(String(shape.id))?.properties.wikidata;
  if (!item) return [];
  return [[item, { path: pathOf(shape), middle: draw.centroid(largest(shape)).map(Math.round) }]];
}

/** The largest part of a country, where a mark for the whole sits best. */
function largest(/** @type {GeoJSON.Feature} */ { geometry }) {
  if (geometry.type !== "MultiPolygon") return geometry;
  const parts = geometry.coordinates.map((coordinates) => ({
    type: /** @type {const} */ ("Polygon"),
    coordinates,
  }));
  return parts.reduce((best, part) => (draw.area(part) > draw.area(best) ? part : best));
}

/** The path of a shape in steps from point to point, which takes half the room. */
function pathOf(/** @type {import("d3-geo").GeoPermissibleObjects} */ shape) {
  const drawn = draw(shape) ?? "";
  return drawn.replace(/M([^MZ]*)(Z?)/g, (_, /** @type {string} */ points, end) => {
    const steps = points.split("L").map((point) => point.split(",").map(Number));
    const moves = steps
      .slice(1)
      .map(([x, y], before) => [x - steps[before][0], y - steps[before][1]])
      .filter(([x, y]) => x || y);
    return moves.length ? `M${steps[0]}l${moves.map(String).join(" ")}${end.toLowerCase()}` : "";
  });
}
