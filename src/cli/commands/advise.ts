import { realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { Untried } from "../../history/backtest/advise-trials.ts";
import type { Advice } from "../../history/backtest/advise.ts";
import { unbroken } from "../../reports/table.ts";
import type { Act } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type Line, colour, joinLines } from "../print.ts";
import type { Screen } from "../screen.ts";

const STYLE = { keep: "dim", tighten: "yellow", relax: "green" } as const;

export function adviseCommand(act: Act) {
  return new Command("advise")
    .description("which approval gates the log would keep, tighten or relax; applies nothing")
    .option("--untried", "only the agents that were never tried, and what a trial would cost")
    .option("--out <file>", "write the plans as advised, for a person to compare and take over")
    .action(({ out, untried }) =>
      act((context) => (untried === true ? adviseTrials(context) : advise(context, out))),
    );
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
    const untried = await control.untried();
    const { screen } = context;
    context.print(advice, () =>
      joinLines([
        formatAdvice(advice, screen),
        "",
        describeProposal(out, { isWritten }),
        ...(untried.length === 0 ? [] : ["", formatUntried(untried, screen)]),
      ]),
    );
    return 0;
  });
}

async function adviseTrials(context: CommandContext): Promise<number> {
  return context.withControl(async (control) => {
    const untried = await control.untried();
    context.print(untried, () =>
      untried.length === 0
        ? "Of every task that several agents can do, each of them has been tried."
        : formatUntried(untried, context.screen),
    );
    return 0;
  });
}

function formatUntried(untried: readonly Untried[], screen: Screen): string {
  const table = screen.table(
    ["MISSION", "TASK", "WHAT", "NEVER TRIED", "INSTEAD OF", "TRIALS", "IN RUNS", "EXTRA WORK"],
    untried.map((one) => [
      one.mission_id,
      one.task_id,
      one.task,
      `${one.agent_id} ${one.agent}`,
      one.favourite ?? "–",
      one.trials,
      one.runs ?? "never: a person decides",
      unbroken(`${one.extra_minutes} min`),
    ]),
    ["WHAT", "TRIALS", "INSTEAD OF", "MISSION"],
  );
  return screen.wrap(
    `${table}\n\nrouting.trial_share in policy.json gives other agents than the favourite a share of the first attempts, never where a person decides. Runs are reckoned with that share, with 10 % where it is 0.`,
  );
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
