import { Command } from "@commander-js/extra-typings";

import type { ApprovalRequest } from "../../model/approval-requests.ts";
import { defined } from "../../model/defined.ts";
import { unbroken } from "../../reports/table.ts";
import { type Act, parseCount } from "../command.ts";
import type { Screen } from "../screen.ts";

export function approvalsCommand(act: Act) {
  return new Command("approvals")
    .description("what waits for a person, most urgent first")
    .option("--run <run>", "of one run only")
    .option("--limit <n>", "so many at most", parseCount)
    .action(({ run, limit }) =>
      act((context) =>
        context.withRecords(async (records) => {
          const pending = await records.pendingApprovals({
            ...defined({ run_id: run, limit }),
          });
          context.print(pending, () => formatPending(pending, context.screen));
          return 0;
        }),
      ),
    );
}

function formatPending(pending: readonly ApprovalRequest[], screen: Screen): string {
  if (pending.length === 0) return "Nothing waits for a person.";
  const now = Date.now();
  const table = screen.table(
    ["RUN", "TASK", "WHAT", "STAGE", "AGENT", "ASKED", "DUE", "APPROVAL"],
    pending.map((request) => [
      request.run_id,
      request.task_id,
      request.question === undefined ? request.task : `${request.task}: ${request.question.title}`,
      request.stage,
      request.agent_id,
      unbroken(screen.ago(request.approval_request_time)),
      Date.parse(request.due_at) <= now ? "overdue" : unbroken(screen.ago(request.due_at)),
      request.approval_id,
    ]),
    // Where an agent asks, its task alone does not say which is meant.
    pending.some(({ stage }) => stage === "agent") ? LESSER : ["APPROVAL", ...LESSER],
  );
  return screen.wrap(
    `${table}\n\nDecide: ${screen.command("approve", "RUN", "TASK")}, reject, edit, skip or answer; of several for one task, by APPROVAL. show RUN tells more.`,
  );
}

const LESSER = ["ASKED", "STAGE", "AGENT", "WHAT"] as const;
