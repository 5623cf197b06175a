/** What the bundler makes modules of. */
declare module "*.css?text" {
  const css: string;
  export default css;
}
declare module "virtual:outlines" {
  const outlines: {
    width: number;
    height: number;
    globe: string;
    land: string;
    borders: string;
    countries: Record<string, { path: string; middle: [number, number] }>;
  };
  export default outlines;
}
declare module "@zazuko/yasqe/build/yasqe.min.css?text";
