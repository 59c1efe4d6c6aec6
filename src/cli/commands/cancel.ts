import type { CommandContext } from "../context.ts";
import { formatOutcome } from "../format.ts";

/** Exits with 0: the run ended as it was told to. */
export async function cancel(
  context: CommandContext,
  runId: string,
  { reason, by }: { reason: string; by?: string },
): Promise<number> {
  const decider = context.decider(by);
  const control = await context.openMissionControl();
  try {
    const outcome = await control.cancel(runId, { reason, by: decider });
    context.print(outcome, () => formatOutcome(outcome, undefined));
    return 0;
  } finally {
    await control.close();
  }
}
