/**
 * Puts the style of the pages into dist/. The command line becomes a few files instead of hundreds of small ones,
 * because a start is mostly reading modules (docs/benchmarks.md); packages that only running a mission
 * needs stay outside.
 */

import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import {
  type ChunkingContext,
  type OutputBundle,
  type Plugin,
  type RolldownOutput,
  rolldown,
} from "rolldown";
import { z } from "zod";

const STYLE = "src/reports/pages/page.css";

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  author: z.unknown().optional(),
});

copyFileSync(STYLE, join("dist", STYLE));

/** Where runs are driven: a third of the time of such a command was reading the modules of LangGraph one by one. */
const DRIVING = /dist\/(?:graph|src\/work)\//;
/** What every command loads, whatever it does. */
const MAIN = moduleIn("cli/main");
/** What nearly every command loads: what is recorded, and how it is told. */
const COMMON = ["cli/context", "cli/screen", "cli/parse-words", "app/look-at-records"].map(
  moduleIn,
);

/** A module with nothing in it. */
const NOTHING = "\0nothing";
const NOTHING_ID = /^\0nothing$/;

let start: ReadonlySet<string> | undefined;
let common: ReadonlySet<string> | undefined;

const bundle = await rolldown({
  input: { main: MAIN, "replay-worker": moduleIn("app/replay-worker") },
  platform: "node",
  preserveEntrySignatures: false,
  // jsonc-parser's main entry cannot be bundled; its module entry can.
  resolve: { mainFields: ["module", "main"] },
  external: staysOutside,
  plugins: [
    { name: "ascii", generateBundle: (_options, files) => escapeAll(files) },
    // A third of zod is its messages in some fifty languages; it speaks English to us.
    replacing(
      "zod-in-english",
      /zod\/v4\/locales\/index\.js$/,
      'export { default as en } from "./en.js";',
    ),
    // Commands of ours are no programs of their own, which commander would start with this.
    {
      name: "no-child-process",
      resolveId: {
        filter: { id: /^node:child_process$/ },
        handler: (_id, importer) => (importer?.includes("commander") === true ? NOTHING : null),
      },
      load: { filter: { id: NOTHING_ID }, handler: () => "export default {};" },
    },
    // The style itself in the place of reading it.
    replacing(
      "page-style",
      /pages\/page-css\.js$/,
      `export const PAGE_CSS = ${JSON.stringify(readFileSync(STYLE, "utf8"))};`,
    ),
  ],
  // What some commands load late, others load at their start.
  checks: { ineffectiveDynamicImport: false },
});

const { output } = await bundle.write({
  dir: "dist/bin",
  // Node reads a module of this kind in half the time.
  format: "cjs",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  // Less to read at each start; names stay, so that stack traces can be read.
  minify: { compress: false, mangle: { keepNames: true }, codegen: true },
  codeSplitting: {
    groups: [{ name: chunkOf, includeDependenciesRecursively: false, debugName: "at once" }],
  },
});
await bundle.close();
writeFileSync("dist/bin/package.json", '{ "type": "commonjs" }\n');

writeFileSync("dist/THIRD-PARTY-NOTICES.txt", describePackages(output));

/** Packages that few commands need, and LangChain where it serves models and agents: theirs is the one that is installed. */
function staysOutside(id: string, importer: string | undefined): boolean {
  if (/^(?:@photostructure\/sqlite|pg|@clack\/prompts)$/.test(id)) return true;
  if (/^@(?:modelcontextprotocol|a2a-js)\//.test(id)) return true;
  const isOurs = importer !== undefined && !importer.includes("node_modules");
  return id.startsWith("@langchain/") && isOurs && !DRIVING.test(importer);
}

function moduleIn(name: string): string {
  return resolve("dist/src", `${name}.js`);
}

function replacing(name: string, id: RegExp, code: string): Plugin {
  return { name, load: { filter: { id }, handler: () => code } };
}

/** V8 reads a file with a single sign beyond Latin in it as if all were such: twice as much. */
function escapeAll(files: OutputBundle): void {
  for (const file of Object.values(files)) {
    if (file.type !== "chunk") continue;
    file.code = file.code.replaceAll(
      /[^\0-\x7F]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }
}

/** One file of what is loaded at once; whatever else a command needs is split as it is used. */
function chunkOf(id: string, context: ChunkingContext): string | null {
  if (id === MAIN) return null;
  start ??= loadedWith([MAIN], context);
  common ??= loadedWith(COMMON, context);
  if (start.has(id)) return "start";
  if (!common.has(id)) return null;
  // Three files are read in less time than one: each is compiled in the memory of the one before.
  if (id.includes("node_modules")) return "packages";
  return id.startsWith(resolve("dist/src/model")) ? "model" : "common";
}

/** Some modules, and all that they import. */
function loadedWith(modules: readonly string[], context: ChunkingContext): ReadonlySet<string> {
  const loaded = new Set(modules);
  // What is added on the way is visited, too.
  for (const id of loaded) {
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) loaded.add(imported);
  }
  return loaded;
}

/** The licence and notice of every package that is in the bundle. */
function describePackages(files: RolldownOutput["output"]): string {
  const inputs = files.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  const folders = inputs.flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  const parts = [...new Set(folders)].toSorted().map(describePackage);
  const head = "Files in this folder contain the following packages, as they are or in part.\n";
  return head + [...new Set(parts)].join("");
}

/** @throws when the package comes without the text of its licence, unless that is the one that we use too. */
function describePackage(folder: string): string {
  const text = readFileSync(join(folder, "package.json"), "utf8");
  const { name, version, license, author } = packageSchema.parse(JSON.parse(text));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(?:licenses\/)?(?:LICENSE|NOTICE)(?:[.-][^/]*)?$/i.test(file))
    .toSorted();
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0) {
    if (license !== "MIT") throw new Error(`${folder} has no licence text.`);
    const owner = typeof author === "string" ? author : `the authors of ${name}`;
    const ours = readFileSync("LICENSE", "utf8").trim();
    texts.push(ours.replace(/^Copyright.*$/m, `Copyright (c) ${owner}`));
  }
  return [`\n${"-".repeat(78)}\n${name} ${version} (${license})`, ...texts, ""].join("\n\n");
}
