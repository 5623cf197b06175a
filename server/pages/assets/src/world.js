/** The world as every map here shows it, drawn by the build for the server and by the browser. */
import { geoEqualEarth } from "d3-geo";

export const WIDTH = 1600;
export const HEIGHT = 780;

/** Equal Earth: sizes compare, shapes look familiar. */
export function worldProjection() {
  return geoEqualEarth().fitExtent([[1, 1], [WIDTH - 1, HEIGHT - 1]], { type: "Sphere" });
}
