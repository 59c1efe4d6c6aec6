/** What the store keeps twice and has otherwise each time, and runs that were opened here against the chain. */

import type { Examination } from "../../model/examination.ts";
import type { History } from "../../model/history.ts";
import type { MissionRun } from "../../model/mission-runs.ts";
import { groupBy } from "../../model/order.ts";
import type { OutboxEvent } from "../../model/outbox-event.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { type Finding, aFinding } from "./finding.ts";

const GONE = "the output that it leads to is gone";
const NOT_BROUGHT = "the output that it leads to was not imported: nothing can go on from it";

export function auditStore(
  { runs, rows, requests }: History,
  outbox: readonly OutboxEvent[],
  examination: Examination,
): readonly Finding[] {
  const { kept, outputs, ranked, changed, differing } = examination;
  const opened = listOpened(outbox);
  const routed = listRouted(outbox);
  const listLost = (
    document: string,
    record: string,
    { run_id, output_ref }: Pick<TaskLog, "run_id" | "output_ref">,
  ): readonly Finding[] => {
    if (output_ref === undefined || outputs.has(output_ref.sha256)) return [];
    const place = { document, record, field: "output_ref", recorded: output_ref.sha256 };
    return opened.has(run_id)
      ? [aFinding({ code: "RECORD_CHANGED", severity: "error", ...place }, GONE)]
      : [aFinding({ code: "OUTPUT_MISSING", severity: "warning", ...place }, NOT_BROUGHT)];
  };
  return [
    ...changed.map(({ table, hash }) =>
      aFinding(
        { code: "RECORD_CHANGED", severity: "error", document: table, record: hash },
        "what is kept under this hash is not what was kept",
      ),
    ),
    ...runs
      .filter((run) => opened.has(run.run_id))
      .flatMap((run) => [...missing(run, "plan_hash", kept), ...missing(run, "policy_hash", kept)]),
    ...rows.flatMap((row) => {
      const { run_id, task_id, attempt = 1 } = row;
      return listLost("task_execution_logs", `${run_id} ${task_id} attempt ${attempt}`, row);
    }),
    ...requests.flatMap((asked) => listLost("approval_requests", asked.approval_id, asked)),
    ...runs
      .filter(({ run_id }) => routed.has(run_id) && routed.get(run_id) !== ranked.get(run_id))
      .map(({ run_id }) =>
        aFinding(
          { code: "RECORD_CHANGED", severity: "error", document: "mission_runs", record: run_id },
          "its routes and their evidence are not what was kept",
        ),
      ),
    ...differing.map(({ document, record, columns }) =>
      aFinding(
        { code: "COLUMN_DIFFERS", severity: "error", document, record, field: columns.join(", ") },
        "what queries see is not what the record says",
      ),
    ),
  ];
}

/**
 * Runs that were opened here and of which no event says so. Their plan is kept; it may be that of a
 * run which was imported, too, so either the run was ranked here, or no other run explains the plan.
 */
export function findUnannounced(
  { runs }: History,
  outbox: readonly OutboxEvent[],
  { kept, ranked }: Examination,
): readonly MissionRun[] {
  const opened = listOpened(outbox);
  const arrived = runsWith("run-arrived", outbox);
  const byPlan = groupBy(runs, (run) => run.plan_hash ?? "");
  const explained = new Set(
    [...byPlan]
      .filter(([, own]) => own.some((run) => opened.has(run.run_id)))
      .map(([plan]) => plan),
  );
  return runs.filter(({ run_id, plan_hash }) => {
    if (plan_hash === undefined || !kept.has(plan_hash) || opened.has(run_id)) return false;
    if (arrived.has(run_id)) return false;
    return ranked.has(run_id) || !explained.has(plan_hash);
  });
}

function runsWith(kind: OutboxEvent["event"], outbox: readonly OutboxEvent[]): ReadonlySet<string> {
  return new Set(outbox.flatMap(({ event, run_id }) => (event === kind ? [run_id] : [])));
}

function listOpened(outbox: readonly OutboxEvent[]): ReadonlySet<string> {
  return runsWith("run-opened", outbox);
}

/** The seal of each run's routes; what went to an archive has left them. */
function listRouted(outbox: readonly OutboxEvent[]): ReadonlyMap<string, string> {
  const routed = new Map<string, string>();
  for (const { event, run_id, seal } of outbox) {
    if (event === "run-routed") routed.set(run_id, seal);
    if (event === "run-archived") routed.delete(run_id);
  }
  return routed;
}

function missing(
  run: MissionRun,
  field: "plan_hash" | "policy_hash",
  kept: ReadonlySet<string>,
): readonly Finding[] {
  const recorded = run[field];
  if (recorded !== undefined && kept.has(recorded)) return [];
  const place = { document: "mission_runs", record: run.run_id, field, recorded };
  const what = `what it was opened with is gone (${recorded ?? "without its hash"})`;
  return [aFinding({ code: "RECORD_CHANGED", severity: "error", ...place }, what)];
}
