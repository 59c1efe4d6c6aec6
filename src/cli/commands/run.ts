import { Command } from "@commander-js/extra-typings";

import type { LazyMissionControl } from "../../app/mission-control.ts";
import { MissionError } from "../../errors.ts";
import { defined } from "../../model/defined.ts";
import type { RunOutcome } from "../../runs/run-outcome.ts";
import type { ProgressListener } from "../../work/drive-run.ts";
import { type Act, byOption, collect, detachOption } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { parseFigures } from "../parse-assignments.ts";
import { parseNumber } from "../parse-number.ts";
import { finish } from "../progress.ts";

interface RunOptions {
  readonly priority?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly kpi?: readonly string[] | undefined;
  readonly input?: readonly string[] | undefined;
  readonly inputFile?: string | undefined;
  readonly maxCost?: string | undefined;
  readonly maxTokens?: string | undefined;
  readonly maxAgentMinutes?: string | undefined;
  readonly maxAttempts?: string | undefined;
  readonly approveAll?: true | undefined;
  readonly by?: string | undefined;
  readonly detach?: true | undefined;
}

export function runCommand(act: Act) {
  return new Command("run")
    .argument("<mission>")
    .description("start a mission; on a terminal it asks the approver in place")
    .option("--priority <priority>", "low, normal, high or critical")
    .option("--requested-by <name>", "who asks for the run (default: $USER)")
    .option("--kpi <name=value>", "a business figure known at the start; repeatable", collect)
    .option(
      "--input <name=value>",
      "what the run is about, as text or JSON: customer=ACME, amount=1250; repeatable",
      collect,
    )
    .option("--input-file <file>", "what the run is about, as a JSON object")
    .option("--max-cost <money>", "what the run may cost; the policy may allow less")
    .option("--max-tokens <number>", "tokens that models may read and write for it")
    .option("--max-agent-minutes <minutes>", "minutes that agents may work on it")
    .option("--max-attempts <number>", "how often agents may be called for it")
    .option(
      "--approve-all",
      "approve every planned gate (never failures, budgets, nor what agents ask); needs --by",
    )
    .addOption(detachOption())
    .addOption(byOption())
    .action((mission, { kpi, input, ...options }) =>
      act((context) =>
        run(context, mission, { ...options, kpi: [kpi ?? []].flat(), input: [input ?? []].flat() }),
      ),
    );
}

async function run(context: CommandContext, mission: string, options: RunOptions): Promise<number> {
  const { parsePriority } = await import("../parse-words.ts");
  const { priority, by } = options;
  const parsed = priority === undefined ? {} : { priority: parsePriority(priority) };
  if (options.approveAll === true && by === undefined) {
    throw new MissionError("USAGE", "--approve-all needs --by NAME: somebody must answer for it.");
  }
  const requestedBy = options.requestedBy ?? context.config.user;
  const kpi_observations = parseFigures("--kpi", options.kpi ?? []);
  const { readInputs } = await import("../read-inputs.ts");
  const mission_inputs = readInputs(options.inputFile, options.input ?? []);
  const budget = defined({
    max_cost: parseNumber("--max-cost", options.maxCost),
    max_tokens: parseNumber("--max-tokens", options.maxTokens),
    max_agent_minutes: parseNumber("--max-agent-minutes", options.maxAgentMinutes),
    max_attempts: parseNumber("--max-attempts", options.maxAttempts),
  });
  await context.ensureWorkspace();
  const { lookAtUnnamedRuntimes } = await import("../../app/look-at-documents.ts");
  for (const { message } of lookAtUnnamedRuntimes(context.folder, mission)) context.note(message);
  const request = {
    mission_id: mission,
    kpi_observations,
    mission_inputs,
    budget,
    ...(requestedBy === "" ? {} : { requested_by: requestedBy }),
    ...parsed,
  };
  if (options.detach === true) {
    if (options.approveAll === true) {
      throw new MissionError("USAGE", "--approve-all and --detach do not go together.");
    }
    return context.withControl(async (control) => {
      const { run_id } = await control.enqueue(request);
      context.print({ run_id }, () => `${run_id} waits for a worker.`);
      return 0;
    });
  }
  return context.withControl((control) =>
    finish(context, control, async (onProgress) => {
      const outcome = await control.start(request, onProgress);
      if (options.approveAll === true && by !== undefined) {
        return approvePlanned(outcome, { control, by, onProgress });
      }
      if (!context.isInteractive) return outcome;
      const { askInPlace } = await import("../ask-in-place.ts");
      return askInPlace(context, outcome, { control, onProgress, by });
    }),
  );
}

/** Approves planned gates until none is left; what agents failed at, ask and may cost is for a person to look at. */
async function approvePlanned(
  outcome: RunOutcome,
  {
    control,
    by,
    onProgress,
  }: { control: LazyMissionControl; by: string; onProgress: ProgressListener },
): Promise<RunOutcome> {
  const planned = outcome.pending_approvals.filter(
    ({ stage }) => stage === "before" || stage === "after",
  );
  if (planned.length === 0) return outcome;
  const decision = { type: "approve", decided_by: by } as const;
  const decisions = Object.fromEntries(planned.map(({ approval_id }) => [approval_id, decision]));
  const next = await control.decide(outcome.run_id, decisions, {
    source: "approve_all",
    onProgress,
  });
  return approvePlanned(next, { control, by, onProgress });
}
