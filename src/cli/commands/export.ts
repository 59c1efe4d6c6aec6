import { once } from "node:events";
import { resolve } from "node:path";

import { MissionError } from "../../errors.ts";
import { type Trace, buildEventLog } from "../../export/event-log.ts";
import { renderCsv } from "../../export/render-csv.ts";
import { renderXes } from "../../export/render-xes.ts";
import { writeAtomically } from "../../store/documents/files.ts";
import type { CommandContext } from "../context.ts";

const FORMATS: ReadonlyMap<string, (traces: readonly Trace[]) => Iterable<string>> = new Map([
  ["xes", renderXes],
  ["csv", renderCsv],
]);

/** Pieces are put together to about this many characters: large logs are longer than a string may be. */
const CHUNK_SIZE = 1 << 20;

export async function exportLog(
  context: CommandContext,
  { format, out }: { format: string; out?: string },
): Promise<number> {
  const render = FORMATS.get(format);
  if (render === undefined) {
    throw new MissionError("USAGE", `--format is one of ${[...FORMATS.keys()].join(", ")}.`);
  }
  return context.withBooks(async ({ store, reference }) => {
    const traces = buildEventLog(await store.readHistory(), reference().plans);
    if (out !== undefined) {
      writeAtomically(resolve(out), listChunks(render(traces)));
      const events = 2 * traces.reduce((sum, { activities }) => sum + activities.length, 0);
      context.print({ file: out, format, events }, () => `Wrote ${out}: ${events} events.`);
    } else if (context.json) {
      context.print({ format, content: [...render(traces)].join("") }, () => "");
    } else {
      await printAll(listChunks(render(traces)));
    }
    return 0;
  });
}

function* listChunks(pieces: Iterable<string>): Generator<string> {
  let waiting: string[] = [];
  let size = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < CHUNK_SIZE) continue;
    yield waiting.join("");
    waiting = [];
    size = 0;
  }
  yield waiting.join("");
}

async function printAll(chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}

function toBytes(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
