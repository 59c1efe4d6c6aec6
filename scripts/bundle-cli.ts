/**
 * Bundles the command line: one file a command instead of a hundred small ones, because a start is
 * mostly reading modules (docs/benchmarks.md). Packages that only running a mission needs stay outside.
 */

import { type PluginBuild, build } from "esbuild";

await build({
  entryPoints: ["dist/src/cli/main.js", "dist/src/app/replay-worker.js"],
  entryNames: "[name]",
  outdir: "dist/bin",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Less to read at each start; names stay, so that stack traces can be read.
  minifyWhitespace: true,
  // jsonc-parser's main entry cannot be bundled; its module entry can.
  mainFields: ["module", "main"],
  plugins: [{ name: "zod-in-english", setup: keepEnglish }],
  chunkNames: "chunks/[name]-[hash]",
  external: ["@photostructure/sqlite", "better-sqlite3", "@langchain/*", "@clack/prompts"],
  // CommonJS packages inside the bundle call require().
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});

/** A third of zod is its messages in some fifty languages; it speaks English to us. */
function keepEnglish(bundling: PluginBuild): void {
  bundling.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
    contents: 'export { default as en } from "./en.js";',
  }));
}
