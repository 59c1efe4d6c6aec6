import { Command } from "@commander-js/extra-typings";

import type { LazyMissionControl } from "../../app/mission-control.ts";
import { MissionError } from "../../errors.ts";
import type { Replay } from "../../history/backtest/totals.ts";
import { count } from "../../model/count.ts";
import type { ReplayResult } from "../../model/replay-result.ts";
import type { Act } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { meantRun } from "../latest.ts";
import { type Line, colour, joinLines } from "../print.ts";
import type { Screen } from "../screen.ts";
import type { Output } from "../surroundings.ts";

/** Exits with 1 when a run differs in more than what was imported so, or was not reached; one that cannot be replayed is only listed. */
export function replayCommand(act: Act) {
  return new Command("replay")
    .argument("[runs...]")
    .description(
      "recorded runs again, through the graph: what agrees and what differs; writes nothing",
    )
    .option("--detach", "leave it to the workers (`mission-control worker`)")
    .option("--of <replay>", "what a replay that was left to workers came to: REPLAY_1")
    .action((runIds, { detach, of }) =>
      act((context) => {
        if (of !== undefined) {
          if (detach === true || runIds.length > 0) {
            throw new MissionError(
              "USAGE",
              "--of REPLAY shows a replay; it goes with nothing else.",
            );
          }
          return show(context, of);
        }
        return detach === true ? leave(context, runIds) : replay(context, runIds);
      }),
    );
}

async function leave(context: CommandContext, given: readonly string[]): Promise<number> {
  return context.withControl(async (control) => {
    const left = await control.enqueueReplay(await meantRuns(control, given));
    const { replay_id, asked } = left;
    context.print(
      left,
      () =>
        `${replay_id}: ${count(asked, "run")} to be replayed by workers. \`mission-control replay --of ${replay_id}\` shows what it came to.`,
    );
    return 0;
  });
}

async function show(context: CommandContext, replayId: string): Promise<number> {
  return context.withControl(async (control) => {
    const { replay: result, ...left } = await control.leftReplay(replayId);
    const { asked, pending, gone } = left;
    context.print({ ...left, ...result }, () =>
      joinLines([
        ...(result.runs.length > 0 ? [formatReplay(result, context.screen)] : []),
        ...(gone > 0
          ? [colour("yellow", `Not in the store any more: ${count(gone, "run")}.`)]
          : []),
        ...(pending > 0
          ? [colour("yellow", `Not done yet: ${pending} of ${count(asked, "run")}.`)]
          : []),
      ]),
    );
    return exitCodeOf(result, pending + gone);
  });
}

function meantRuns(
  control: LazyMissionControl,
  given: readonly string[],
): Promise<readonly string[]> {
  return Promise.all(given.map((each) => meantRun(control, each)));
}

async function replay(context: CommandContext, given: readonly string[]): Promise<number> {
  return context.withControl(async (control) => {
    const runIds = await meantRuns(control, given);
    const total = runIds.length === 0 ? (await control.runs()).length : runIds.length;
    const progress = createProgress(total, context.errors);
    const interrupt = new AbortController();
    const stop = () => interrupt.abort();
    process.once("SIGINT", stop);
    try {
      const { signal } = interrupt;
      const onResult = () => progress.step();
      const result = await control.replay(runIds, { onResult, signal });
      progress.clear();
      const missing = total - result.runs.length;
      context.print(result, () =>
        joinLines([
          formatReplay(result, context.screen),
          ...(missing > 0
            ? [colour("yellow", `Interrupted: ${missing} runs were not reached.`)]
            : []),
        ]),
      );
      return exitCodeOf(result, missing);
    } finally {
      process.off("SIGINT", stop);
    }
  });
}

/** It agrees, or differs in nothing but what did not balance when it was imported. */
function isSettled({ differences }: ReplayResult): boolean {
  return differences.every((difference) => difference.known_at_import === true);
}

function exitCodeOf({ runs }: Replay, missing: number): number {
  return runs.every(isSettled) && missing === 0 ? 0 : 1;
}

function formatReplay({ runs, totals }: Replay, screen: Screen): Line {
  const { agree, differ, not_replayable, rows, equal_rows, risk_events } = totals;
  return joinLines([
    screen.table(
      ["RUN", "MISSION", "RESULT", "ROWS EQUAL", "WHAT DIFFERS"],
      runs.map((run) => [
        run.run_id,
        run.mission_id,
        run.status.replaceAll("_", " "),
        `${run.rows.equal} of ${run.rows.recorded}`,
        describeResult(run),
      ]),
      ["MISSION", "ROWS EQUAL"],
    ),
    "",
    screen.wrap(
      `${count(totals.runs, "run")}: ${agree} agree, ${differ} differ, ${not_replayable} not replayable. ` +
        `${equal_rows} of ${rows} task rows equal, ${count(risk_events, "risk event")}.`,
    ),
    ...(differ > 0 && runs.every(isSettled)
      ? [
          screen.wrap(
            "What differs did not balance in what was imported: the rows of these runs say otherwise.",
          ),
        ]
      : []),
  ]);
}

function describeResult({ differences, reason }: ReplayResult): string {
  if (reason !== undefined) return reason;
  return differences
    .map(({ what, recorded, replayed }) => `${what}: ${recorded} → ${replayed}`)
    .join("; ");
}

/** A bar on standard error, on a terminal only. */
function createProgress(total: number, errors: Output) {
  const isShown = errors.isTerminal && total > 0;
  const width = 30;
  let done = 0;
  return {
    step() {
      done += 1;
      if (!isShown) return;
      const filled = Math.round((done / total) * width);
      const bar = "█".repeat(filled) + "░".repeat(width - filled);
      errors.write(`\r${bar} ${done} of ${total}`);
    },
    clear() {
      if (isShown && done > 0) errors.write("\r\u001B[K");
    },
  };
}
