/** LangGraph's own savers, for the bare graphs. Installed apart: the driver of one is compiled. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { BaseCheckpointSaver } from "@langchain/langgraph";

/** Of the project, in which npm runs the benchmarks: they are compiled elsewhere. */
const FOLDER = resolve("test/bench");

export type BareSaver = BaseCheckpointSaver & { readonly db: { close(): unknown } };
type BarePostgresSaver = BaseCheckpointSaver & {
  setup(): Promise<void>;
  end(): Promise<void>;
};

interface SqliteModule {
  readonly SqliteSaver: { fromConnString(path: string): BareSaver };
}
interface PostgresModule {
  readonly PostgresSaver: {
    fromConnString(url: string, options: { readonly schema: string }): BarePostgresSaver;
  };
}

/** @throws when the saver is not installed, with what installs it. */
export async function openBareSaver(path: string): Promise<BareSaver> {
  const { SqliteSaver }: SqliteModule = await import(find("sqlite"));
  return SqliteSaver.fromConnString(path);
}

/** @throws when the saver is not installed, with what installs it. */
export async function openBarePostgresSaver(
  url: string,
  schema: string,
): Promise<BarePostgresSaver> {
  const { PostgresSaver }: PostgresModule = await import(find("postgres"));
  const saver = PostgresSaver.fromConnString(url, { schema });
  await saver.setup();
  return saver;
}

function find(database: string): string {
  const entry = join(
    FOLDER,
    `node_modules/@langchain/langgraph-checkpoint-${database}/dist/index.js`,
  );
  if (!existsSync(entry)) {
    throw new Error("LangGraph's own savers are missing: npm install --prefix test/bench");
  }
  return pathToFileURL(entry).href;
}
