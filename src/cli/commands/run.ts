import type { ProgressListener } from "../../app/drive-run.ts";
import type { MissionControl } from "../../app/open-mission-control.ts";
import type { RunOutcome } from "../../app/run-outcome.ts";
import { MissionError } from "../../errors.ts";
import { prioritySchema } from "../../model/mission-runs.ts";
import { askInPlace } from "../ask-in-place.ts";
import type { CommandContext } from "../context.ts";
import { parseFigures } from "../parse-assignments.ts";
import { finish } from "../progress.ts";

interface RunOptions {
  readonly priority?: string;
  readonly requestedBy?: string;
  readonly kpi: readonly string[];
  readonly approveAll?: boolean;
  readonly by?: string;
}

export async function run(
  context: CommandContext,
  mission: string,
  options: RunOptions,
): Promise<number> {
  const priority = prioritySchema.optional().safeParse(options.priority);
  if (!priority.success) {
    throw new MissionError("USAGE", `--priority is one of ${prioritySchema.options.join(", ")}.`);
  }
  if (options.approveAll === true && options.by === undefined) {
    throw new MissionError("USAGE", "--approve-all needs --by NAME: somebody must answer for it.");
  }
  const requestedBy = options.requestedBy ?? context.config.user;
  const kpi_observations = parseFigures("--kpi", options.kpi);
  context.ensureWorkspace();
  const control = await context.openMissionControl();
  try {
    return await finish(context, async (onProgress) => {
      const request = {
        mission_id: mission,
        kpi_observations,
        ...(requestedBy === "" ? {} : { requested_by: requestedBy }),
        ...(priority.data === undefined ? {} : { priority: priority.data }),
      };
      const outcome = await control.start(request, onProgress);
      if (options.approveAll === true && options.by !== undefined) {
        return approvePlanned(outcome, { control, by: options.by, onProgress });
      }
      return context.isInteractive
        ? askInPlace(context, outcome, { control, onProgress, by: options.by })
        : outcome;
    });
  } finally {
    await control.close();
  }
}

/** Approves planned gates until none is left; what agents failed at is for a person to look at. */
async function approvePlanned(
  outcome: RunOutcome,
  {
    control,
    by,
    onProgress,
  }: { control: MissionControl; by: string; onProgress: ProgressListener },
): Promise<RunOutcome> {
  const planned = outcome.pending_approvals.filter((request) => request.stage !== "failure");
  if (planned.length === 0) return outcome;
  const decision = { type: "approve", decided_by: by } as const;
  const decisions = Object.fromEntries(planned.map(({ approval_id }) => [approval_id, decision]));
  const next = await control.decide(outcome.run_id, decisions, { source: "cli", onProgress });
  return approvePlanned(next, { control, by, onProgress });
}
