import { Command } from "@commander-js/extra-typings";

import type { ApprovalRequest } from "../../model/approval-requests.ts";
import { defined } from "../../model/defined.ts";
import { type Act, parseCount } from "../command.ts";
import { formatTable } from "../format.ts";

export function approvalsCommand(act: Act) {
  return new Command("approvals")
    .description("what waits for a person, most urgent first")
    .option("--run <run>", "of one run only")
    .option("--limit <n>", "so many at most", parseCount)
    .action(({ run, limit }) =>
      act((context) =>
        context.withControl(async (control) => {
          const pending = await control.pendingApprovals({
            ...defined({ run_id: run, limit }),
          });
          context.print(pending, () => formatPending(pending));
          return 0;
        }),
      ),
    );
}

function formatPending(pending: readonly ApprovalRequest[]): string {
  if (pending.length === 0) return "Nothing waits for a person.";
  const now = Date.now();
  const table = formatTable(
    ["RUN", "TASK", "WHAT", "STAGE", "AGENT", "ASKED", "DUE", "APPROVAL"],
    pending.map((request) => [
      request.run_id,
      request.task_id,
      request.task,
      request.stage,
      request.agent_id,
      request.approval_request_time,
      Date.parse(request.due_at) <= now ? "overdue" : request.due_at,
      request.approval_id,
    ]),
  );
  return `${table}\n\nDecide: mission-control approve RUN TASK, reject, edit or skip; show RUN tells more.`;
}
