import { resolve } from "node:path";

import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { Act } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { Output } from "../surroundings.ts";

const FORMATS = ["xes", "csv", "json"];

/** Pieces are put together to about this many characters: large logs are longer than a string may be. */
const CHUNK_SIZE = 1 << 20;

interface ExportOptions {
  readonly format: string;
  readonly out?: string | undefined;
  readonly force?: true | undefined;
}

export function exportCommand(act: Act) {
  return new Command("export")
    .description("all runs: an event log for process mining, or the telemetry documents")
    .requiredOption(
      "--format <format>",
      "xes (IEEE 1849-2016), csv, safe to open in a spreadsheet, or json, the telemetry documents",
    )
    .option(
      "--out <file>",
      "write it there instead of to standard output; with json a folder (default: the workspace)",
    )
    .option(
      "--force",
      "with json: write over documents that were changed by hand, or are another workspace's",
    )
    .action((options) =>
      act((context) => {
        if (!FORMATS.includes(options.format)) {
          throw new MissionError("USAGE", `--format is one of ${FORMATS.join(", ")}.`);
        }
        if (options.out === "") throw new MissionError("USAGE", "--out is empty: name a place.");
        return options.format === "json"
          ? exportJson(context, options)
          : exportLog(context, options);
      }),
    );
}

async function exportJson(
  context: CommandContext,
  { out, force = false }: { out?: string | undefined; force?: boolean | undefined },
): Promise<number> {
  return context.withControl(async (control) => {
    const folder = resolve(out ?? control.documentsFolder);
    await control.exportDocuments({ folder, force });
    context.print({ folder, format: "json" }, () => `Wrote the documents to ${folder}.`);
    return 0;
  });
}

async function exportLog(context: CommandContext, { format, out }: ExportOptions): Promise<number> {
  const { buildEventLog } = await import("../../history/export/event-log.ts");
  const { renderXes } = await import("../../history/export/render-xes.ts");
  const { renderCsv } = await import("../../history/export/render-csv.ts");
  const render = format === "xes" ? renderXes : renderCsv;
  return context.withControl(async (control) => {
    const traces = buildEventLog(await control.history(), control.reference().plans);
    if (out !== undefined) {
      const { writePage } = await import("../write-page.ts");
      writePage(out, listChunks(render(traces)));
      const events = 2 * traces.reduce((sum, { activities }) => sum + activities.length, 0);
      context.print({ file: out, format, events }, () => `Wrote ${out}: ${events} events.`);
    } else if (context.json) {
      context.print({ format, content: [...render(traces)].join("") }, () => "");
    } else {
      await printAll(listChunks(render(traces)), context.output);
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

async function printAll(chunks: Iterable<string>, output: Output): Promise<void> {
  for (const chunk of chunks) {
    if (!output.write(chunk)) await output.drained();
  }
}
