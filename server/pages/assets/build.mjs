/**
 * Bundle the pages' scripts and styles: `node build.mjs FOLDER`.
 *
 * File names carry a hash of the content, so that browsers may keep them for ever; manifest.json
 * gives the present name of each entry and what else it loads. outlines.json is for the server.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { build } from "esbuild";
import { outlines } from "./outlines.mjs";

const out = process.argv[2];
const source = import.meta.dirname;

/** `import css from "./x.css?text"`: bundled and minified, for a constructable style sheet. */
const styleText = {
  name: "style-text",
  setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /\.css\?text$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace("?text", "")),
      namespace: "style-text",
    }));
    onLoad({ filter: /.*/, namespace: "style-text" }, async ({ path }) => {
      const made = await build({ entryPoints: [path], bundle: true, minify: true, write: false });
      return { contents: made.outputFiles[0].text, loader: "text", watchFiles: [path] };
    });
  },
};

/** `import("virtual:outlines")`: the same outlines as the server's, for maps in the browser. */
const outlinesModule = {
  name: "outlines",
  setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /^virtual:outlines$/ }, () => ({ path: "outlines", namespace: "outlines" }));
    onLoad({ filter: /.*/, namespace: "outlines" }, () => ({
      contents: JSON.stringify(outlines()),
      loader: "json",
    }));
  },
};

/** The licence of every package that is in the bundle, as its terms ask. */
async function licences(/** @type {Iterable<string>} */ inputs) {
  const folders = new Set();
  for (const path of inputs) {
    const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
    if (found) folders.add(found[0]);
  }
  const texts = [...folders].sort().map(async (folder) => {
    const about = JSON.parse(await readFile(join(source, folder, "package.json"), "utf8"));
    const names = ["LICENSE", "LICENSE.md", "LICENSE.txt"];
    const reads = names.map((name) => readFile(join(source, folder, name), "utf8").catch(() => ""));
    const text = (await Promise.all(reads)).find(Boolean) ?? `Licence: ${about.license}`;
    return `${about.name} ${about.version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(72)}\n\n`);
}

const PACKERS = { br: promisify(brotliCompress), gz: promisify(gzip) };

/** Compress what gains by it once and well, so that the server need not. */
async function pack(/** @type {string} */ path) {
  const whole = await readFile(path);
  if (whole.length < 1000) return;
  for (const [ending, packer] of Object.entries(PACKERS)) {
    await writeFile(`${path}.${ending}`, await packer(whole));
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: source,
  entryPoints: ["workbench.js", "embed.js", "views.js", "workbench.css", "results.css", "views.css"]
    .map((name) => `src/${name}`),
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  minify: true,
  metafile: true,
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  plugins: [styleText, outlinesModule],
});
const manifest = Object.fromEntries(
  Object.entries(metafile.outputs)
    .filter(([, made]) => /^src\/\w+\.\w+$/.test(made.entryPoint ?? ""))
    .map(([path, made]) => [basename(made.entryPoint ?? ""), basename(path)]),
);
const write = (/** @type {string} */ name, /** @type {string} */ text) =>
  writeFile(join(out, name), text);
await Promise.all(Object.keys(metafile.outputs).map((path) => pack(join(source, path))));
await write("manifest.json", JSON.stringify(manifest, null, 1));
await write("outlines.json", JSON.stringify(outlines()));
await write("licences.txt", await licences(Object.keys(metafile.inputs)));
