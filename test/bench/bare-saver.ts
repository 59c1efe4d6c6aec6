/** LangGraph's own SQLite saver, for the bare graphs. Installed apart, because its driver is compiled. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { BaseCheckpointSaver } from "@langchain/langgraph";

/** Of the project, in which npm runs the benchmarks: they are compiled elsewhere. */
const FOLDER = resolve("test/bench");
const ENTRY = "node_modules/@langchain/langgraph-checkpoint-sqlite/dist/index.js";

export type BareSaver = BaseCheckpointSaver & { readonly db: { close(): unknown } };

interface SaverModule {
  readonly SqliteSaver: { fromConnString(path: string): BareSaver };
}

/** @throws when the saver is not installed, with what installs it. */
export async function openBareSaver(path: string): Promise<BareSaver> {
  const entry = join(FOLDER, ENTRY);
  if (!existsSync(entry)) {
    throw new Error("LangGraph's SQLite saver is missing: npm install --prefix test/bench");
  }
  const { SqliteSaver }: SaverModule = await import(pathToFileURL(entry).href);
  return SqliteSaver.fromConnString(path);
}
