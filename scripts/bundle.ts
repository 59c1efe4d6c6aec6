/**
 * Puts the style of the pages into dist/. The command line becomes one file a command instead of a hundred small ones,
 * because a start is mostly reading modules (docs/benchmarks.md); packages that only running a mission
 * needs stay outside.
 */

import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Metafile, type PluginBuild, build } from "esbuild";
import { z } from "zod";

const STYLE = "src/reports/pages/page.css";

const packageSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

copyFileSync(STYLE, join("dist", STYLE));

const commandLine = await build({
  entryPoints: ["dist/src/cli/main.js", "dist/src/app/replay-worker.js"],
  entryNames: "[name]",
  outdir: "dist/bin",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  metafile: true,
  // Less to read at each start; names stay, so that stack traces can be read.
  minifyWhitespace: true,
  // jsonc-parser's main entry cannot be bundled; its module entry can.
  mainFields: ["module", "main"],
  plugins: [
    { name: "zod-in-english", setup: keepEnglish },
    { name: "page-style", setup: inlineStyle },
  ],
  chunkNames: "chunks/[name]-[hash]",
  external: [
    "@photostructure/sqlite",
    "pg",
    "@langchain/*",
    "@modelcontextprotocol/*",
    "@a2a-js/*",
    "@clack/prompts",
  ],
  // CommonJS packages inside the bundle call require().
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});

writeFileSync("dist/THIRD-PARTY-NOTICES.txt", describePackages(commandLine.metafile));

/** A third of zod is its messages in some fifty languages; it speaks English to us. */
function keepEnglish(bundling: PluginBuild): void {
  bundling.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
    contents: 'export { default as en } from "./en.js";',
  }));
}

/** The style itself in the place of reading it. */
function inlineStyle(bundling: PluginBuild): void {
  bundling.onLoad({ filter: /pages\/page-css\.js$/ }, () => ({
    contents: `export const PAGE_CSS = ${JSON.stringify(readFileSync(STYLE, "utf8"))};`,
  }));
}

/** The licence and notice of every package that is in the bundle. */
function describePackages({ outputs }: Metafile): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  const parts = [...new Set(folders)].toSorted().map(describePackage);
  const head = "Files in this folder contain the following packages, as they are or in part.\n";
  return head + [...new Set(parts)].join("");
}

/** @throws when the package comes without its licence. */
function describePackage(folder: string): string {
  const text = readFileSync(join(folder, "package.json"), "utf8");
  const { name, version, license } = packageSchema.parse(JSON.parse(text));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(?:licenses\/)?(?:LICENSE|NOTICE)(?:[.-][^/]*)?$/i.test(file))
    .toSorted();
  if (files.length === 0) throw new Error(`${folder} has no licence text.`);
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`\n${"-".repeat(78)}\n${name} ${version} (${license})`, ...texts, ""].join("\n\n");
}
