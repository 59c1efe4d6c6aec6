/** `approve`, `reject`, `edit`, `skip` and `answer`: one decision or several, then the run goes on. */

import { Command } from "@commander-js/extra-typings";

import type { Decisions, LazyMissionControl } from "../../app/mission-control.ts";
import { MissionError } from "../../errors.ts";
import type { ApprovalRequest } from "../../model/approval-requests.ts";
import { toPlainLine } from "../../model/plain-text.ts";
import type { Json } from "../../model/primitives.ts";
import { type Act, byOption, collect, detachOption } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { meantRun } from "../latest.ts";
import { parseAssignments } from "../parse-assignments.ts";
import { finish } from "../progress.ts";

export function approveCommand(act: Act) {
  return new Command("approve")
    .argument("<run>")
    .argument("[tasks...]")
    .description("approve, then go on; without a task only when one is pending")
    .option("--all", "approve all that is pending")
    .addOption(byOption())
    .addOption(detachOption())
    .action((runId, tasks, { all, by, detach }) =>
      act(async (context) => {
        const decided_by = await context.decider(by);
        return decide(context, { given: runId, detach }, async (control, run) => {
          const isAll = all === true;
          const named = tasks.length > 0 ? tasks : await pendingIds(control, run, isAll);
          return Object.fromEntries(named.map((task) => [task, { type: "approve", decided_by }]));
        });
      }),
    );
}

export function rejectCommand(act: Act) {
  return new Command("reject")
    .argument("<run>")
    .argument("<task>")
    .description("refuse, then go on with the next agent if there is one")
    .requiredOption("--reason <text>", "why; the next agent is told")
    .addOption(byOption())
    .addOption(detachOption())
    .action((runId, task, { reason, by, detach }) =>
      act(async (context) => {
        const decision = { type: "reject", reason, decided_by: await context.decider(by) } as const;
        return decide(context, { given: runId, detach }, async (control, run) => {
          const { pending_approvals } = await control.run(run);
          const isSure = await warnOfEnd(context, findRequest(pending_approvals, task));
          return isSure ? { [task]: decision } : undefined;
        });
      }),
    );
}

function findRequest(
  requests: readonly ApprovalRequest[],
  named: string,
): ApprovalRequest | undefined {
  return requests.find(({ task_id, approval_id }) => named === task_id || named === approval_id);
}

/** Where nobody is left to try: a person at a terminal may think again, others read it. */
async function warnOfEnd(
  context: CommandContext,
  request: ApprovalRequest | undefined,
): Promise<boolean> {
  if (request?.last_chance !== true) return true;
  const warning = `Nobody else can do "${toPlainLine(request.task)}": rejected, it fails, and the run with it.`;
  if (!context.isInteractive) {
    context.note(warning);
    return true;
  }
  const { confirm } = await import("@clack/prompts");
  return (await confirm({ message: `${warning} Reject it?`, initialValue: false })) === true;
}

export function editCommand(act: Act) {
  return new Command("edit")
    .argument("<run>")
    .argument("<task>")
    .description("approve with changed values, then go on")
    .requiredOption("--set <key=value>", "a new value; repeatable", collect)
    .addOption(byOption())
    .addOption(detachOption())
    .action((runId, task, { set, by, detach }) =>
      act(async (context) => {
        const edits = Object.fromEntries(parseAssignments("--set", [set].flat()));
        const decision = { type: "edit", edits, decided_by: await context.decider(by) } as const;
        return decide(context, { given: runId, detach }, async () => ({ [task]: decision }));
      }),
    );
}

export function skipCommand(act: Act) {
  return new Command("skip")
    .argument("<run>")
    .argument("<task>")
    .description("go on without a task that its agents could not do")
    .requiredOption("--reason <text>", "why")
    .addOption(byOption())
    .addOption(detachOption())
    .action((runId, task, { reason, by, detach }) =>
      act(async (context) => {
        const decision = { type: "skip", reason, decided_by: await context.decider(by) } as const;
        return decide(context, { given: runId, detach }, async () => ({ [task]: decision }));
      }),
    );
}

export function answerCommand(act: Act) {
  return new Command("answer")
    .argument("<run>")
    .argument("<approval>", "the approval's id, or its task where that waits for nothing else")
    .argument("[text]", "what the agent is told")
    .description("answer a question of an agent, then go on")
    .option("--set <key=value>", "instead of a text: a part of the answer; repeatable", collect)
    .option("--value <json>", "instead of a text: the answer as JSON")
    .addOption(byOption())
    .addOption(detachOption())
    .action((runId, approval, given, { set, value: json, by, detach }) =>
      act(async (context) => {
        const value = readAnswer({ given, set, json });
        const decision = { type: "answer", value, decided_by: await context.decider(by) } as const;
        return decide(context, { given: runId, detach }, async () => ({ [approval]: decision }));
      }),
    );
}

/** @throws MissionError `USAGE` */
function readAnswer({
  given,
  set,
  json,
}: {
  given: string | undefined;
  set: readonly string[] | undefined;
  json: string | undefined;
}): Json {
  if ([given, set, json].filter((way) => way !== undefined).length !== 1) {
    const ways = "either a text, or --set for each part of it, or --value for JSON";
    throw new MissionError("USAGE", `Give the answer: ${ways}.`);
  }
  if (given !== undefined) return given;
  if (json === undefined) return Object.fromEntries(parseAssignments("--set", set ?? []));
  try {
    const value: Json = JSON.parse(json);
    return value;
  } catch (error) {
    throw new MissionError("USAGE", `--value takes JSON, such as '["a", 1]'.`, { cause: error });
  }
}

async function decide(
  context: CommandContext,
  { given, detach = false }: { readonly given: string; readonly detach: boolean | undefined },
  chooseDecisions: (control: LazyMissionControl, runId: string) => Promise<Decisions | undefined>,
): Promise<number> {
  return context.withControl(async (control) => {
    const runId = await meantRun(control, given);
    const decisions = await chooseDecisions(control, runId);
    if (decisions === undefined) {
      context.note("Nothing was decided.");
      return 3;
    }
    if (detach) {
      await control.decide(runId, decisions, { source: "cli", detach });
      context.print({ run_id: runId }, () => `Recorded. ${runId} waits for a worker.`);
      return 0;
    }
    const exitCode = await finish(context, control, (onProgress) =>
      control.decide(runId, decisions, { source: "cli", onProgress }),
    );
    return (await explainWhoGoesOn(control, runId, context)) ? 3 : exitCode;
  });
}

/** True when the run goes on elsewhere; where, is told. */
async function explainWhoGoesOn(
  control: LazyMissionControl,
  runId: string,
  context: CommandContext,
): Promise<boolean> {
  const { run } = await control.figures(runId);
  if (run.checkpoints === "external") {
    const where = `Send any input to its thread ${run.thread_id} on the server it was started on`;
    context.note(`Recorded. ${where}: the run goes on with the decision.`);
    return false;
  }
  const missing = await control.missingRuntimes(runId);
  if (missing.length === 0) return false;
  const { describeMissing } = await import("../../runs/run-runtimes.ts");
  context.note(`Recorded. ${describeMissing(run, missing)}`);
  return true;
}

function sayPending({ stage, approval_id, task_id, task, question }: ApprovalRequest): string {
  return stage === "agent" ? `${approval_id} (${question?.title})` : `${task_id} (${task})`;
}

/** @throws MissionError `USAGE` when it is not clear what is meant. */
async function pendingIds(
  control: LazyMissionControl,
  runId: string,
  isAll: boolean,
): Promise<readonly string[]> {
  const { pending_approvals: pending, status } = await control.run(runId);
  if (pending.length === 0) {
    throw new MissionError(
      "UNKNOWN_APPROVAL",
      `Nothing waits for a person in ${runId} (${status}).`,
    );
  }
  if (pending.length > 1 && !isAll) {
    const list = pending.map((request) => sayPending(request)).join(", ");
    throw new MissionError(
      "USAGE",
      `${pending.length} approvals are pending: ${list}. Name them, or use --all.`,
    );
  }
  return pending.map((request) => request.approval_id);
}
