import { listPendingApprovals } from "../../app/pending-approvals.ts";
import { systemClock } from "../../app/system.ts";
import { isOverdue } from "../../approvals/urgency.ts";
import { UnknownRunError } from "../../errors.ts";
import type { CommandContext } from "../context.ts";
import { formatTable } from "../format.ts";

export async function approvals(
  context: CommandContext,
  options: { run?: string },
): Promise<number> {
  const { store } = context.openWorkspace();
  if (options.run !== undefined && (await store.findRun(options.run)) === undefined) {
    throw new UnknownRunError(options.run);
  }
  const now = systemClock.now();
  const pending = (await listPendingApprovals(store, now)).filter(
    (request) => options.run === undefined || request.run_id === options.run,
  );
  context.print(pending, () =>
    pending.length === 0
      ? "Nothing waits for a person."
      : `${formatTable(
          ["RUN", "TASK", "WHAT", "STAGE", "AGENT", "ASKED", "DUE", "APPROVAL"],
          pending.map((request) => [
            request.run_id,
            request.task_id,
            request.task,
            request.stage,
            request.agent_id,
            request.approval_request_time,
            isOverdue(request, now) ? "overdue" : request.due_at,
            request.approval_id,
          ]),
        )}\n\nDecide: mission-control approve RUN TASK, reject, edit or skip; show RUN tells more.`,
  );
  return 0;
}
