import { realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { Advice } from "../../history/backtest/advise.ts";
import type { Act } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type Line, colour, joinLines } from "../print.ts";
import type { Screen } from "../screen.ts";

const STYLE = { keep: "dim", tighten: "yellow", relax: "green" } as const;

export function adviseCommand(act: Act) {
  return new Command("advise")
    .description("which approval gates the log would keep, tighten or relax; applies nothing")
    .option("--out <file>", "write the plans as advised, for a person to compare and take over")
    .action(({ out }) => act((context) => advise(context, out)));
}

/**
 * The proposal is a whole copy of `decomposed_mission_tasks.json` with the gates as advised: `diff`
 * shows what it asks for, and a person who agrees puts it in the document's place. Without anything
 * to propose no file is written.
 */
async function advise(context: CommandContext, out: string | undefined): Promise<number> {
  const { proposePlans } = await import("../../history/backtest/advise.ts");
  const { writePage } = await import("../write-page.ts");
  return context.withControl(async (control) => {
    if (out !== undefined) await refuseDocument(out, context.folder);
    const advice = await control.advise();
    const proposal = proposePlans(control.reference().plans, advice);
    if (out !== undefined && proposal !== undefined) {
      writePage(out, `${JSON.stringify(proposal, null, 2)}\n`);
    }
    const isWritten = proposal !== undefined;
    context.print(advice, () =>
      joinLines([formatAdvice(advice, context.screen), "", describeProposal(out, { isWritten })]),
    );
    return 0;
  });
}

/** Advice is never applied, not even by a file name. */
async function refuseDocument(file: string, folder: string): Promise<void> {
  const { DOCUMENT_NAMES } = await import("../../model/documents.ts");
  const name = basename(resolve(file));
  const isDocument = DOCUMENT_NAMES.some((document) => name === `${document}.json`);
  if (!isDocument || realFolder(file) !== realpathSync(folder)) return;
  throw new MissionError(
    "USAGE",
    `--out ${file} is a document of the workspace, and advice is never applied. Name another file.`,
  );
}

/** Undefined when the folder is missing: then writing says so. */
function realFolder(file: string): string | undefined {
  try {
    return realpathSync(dirname(resolve(file)));
  } catch {
    return undefined;
  }
}

function formatAdvice(advice: readonly Advice[], screen: Screen): string {
  return screen.table(
    [
      "MISSION",
      "TASK",
      "GATE",
      "ADVICE",
      "N",
      "CLEAN ≥",
      "EDITED",
      "REJECTED",
      "MEDIAN WAIT",
      "SAVES",
      "TROUBLE",
      "WHY",
    ],
    advice.map((piece) => [
      piece.mission_id,
      piece.task_id,
      piece.gated ? "yes" : "no",
      piece.advice,
      String(piece.n),
      say(piece.clean_lower_bound),
      say(piece.edit_rate),
      say(piece.reject_rate),
      piece.median_wait_minutes === null ? "–" : `${piece.median_wait_minutes} min`,
      piece.gated ? `${piece.minutes_saved} min` : "–",
      `${piece.troubled_runs} of ${piece.runs}`,
      piece.reason,
    ]),
    ["TROUBLE", "MEDIAN WAIT", "EDITED", "REJECTED", "CLEAN ≥", "SAVES", "GATE", "N"],
  );
}

function describeProposal(out: string | undefined, { isWritten }: { isWritten: boolean }): Line {
  if (!isWritten) return colour(STYLE.keep, "Nothing to propose: every gate stays as it is.");
  if (out !== undefined) {
    return `Wrote ${out}: decomposed_mission_tasks.json as advised. Nothing was applied.`;
  }
  return "Nothing was applied; --out FILE writes the plans as advised.";
}

function say(share: number | null): string {
  return share === null ? "–" : String(share);
}
