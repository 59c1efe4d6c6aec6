/**
 * Bundles the command line: one file a command instead of a hundred small ones, because a start is
 * mostly reading modules (docs/benchmarks.md). Packages that only running a mission needs stay outside.
 */

import { build } from "esbuild";

await build({
  entryPoints: ["dist/src/cli/main.js", "dist/src/app/replay-worker.js"],
  entryNames: "[name]",
  outdir: "dist/bin",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Chunks are readable in stack traces.
  minify: false,
  // jsonc-parser's main entry cannot be bundled; its module entry can.
  mainFields: ["module", "main"],
  chunkNames: "chunks/[name]-[hash]",
  external: ["better-sqlite3", "@langchain/*", "@clack/prompts"],
  // CommonJS packages inside the bundle call require().
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
  },
});
