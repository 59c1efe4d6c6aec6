/** The world that node D hands to its tasks: the store, the agents, the clock and whoever watches. */

import type { LangGraphRunnableConfig } from "@langchain/langgraph";

import type { TaskWorld } from "../src/execution/task-world.ts";
import type { TaskLog } from "../src/model/task-execution-logs.ts";
import { toMs } from "../src/model/time.ts";
import { SPANS, name } from "../src/model/trace.ts";
import { keepOutput } from "../src/runs/keep-output.ts";
import type { Attempt } from "../src/store/store.ts";
import { type CallingRun, createAttemptCalls } from "./attempt-calls.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";

/** A signal of its own where LangGraph gives none. */
const NEVER = new AbortController().signal;

const LATE = "The agent answered after the deadline: that counts for nothing.";

export function createTaskWorld(
  run: CallingRun,
  config: LangGraphRunnableConfig,
  dependencies: MissionGraphDependencies,
): TaskWorld {
  const { run_id } = run;
  const { store, clock, hash, wait, trace } = dependencies;
  const signal = config.signal ?? NEVER;
  /** Attempts of this pass that have a row, and those whose agent answered when it was too late. */
  const ended = new Set<string>();
  const late = new Set<string>();
  const notify: TaskWorld["notify"] = (event) => config.writer?.({ run_id, ...event });
  const onLate = (attempt: Attempt) => {
    late.add(keyOf(attempt));
    // The store may be closed by then: nobody is there to be told.
    if (ended.has(keyOf(attempt))) store.warnOfAttempt(attempt, LATE).catch(() => {});
  };
  return {
    now: () => clock.now(),
    hash,
    readTask: (taskId) => store.readTask(run_id, taskId),
    async putRow(row) {
      const { task_id, attempt = 1 } = row;
      await store.putTaskLog(row);
      for (const { approval_id, stage, decision, start, end } of waitsOf(row)) {
        const about = { run_id, task_id, attempt, approval_id };
        const known = name({ stage, decision, operation: SPANS.approval, ...about });
        await trace.record(`${SPANS.approval} ${task_id}`, known, { start, end });
      }
      ended.add(keyOf(row));
      if (late.has(keyOf(row))) await store.warnOfAttempt({ run_id, task_id, attempt }, LATE);
    },
    request: (request) => store.requestApproval(request),
    ...createAttemptCalls(run, { signal, notify, onLate }, dependencies),
    keep: (output) => keepOutput(output, store),
    load: (reference) => store.loadOutput(reference),
    wait: (seconds) => wait(seconds, signal),
    notify,
  };
}

function keyOf({ task_id, attempt = 1 }: Pick<TaskLog, "task_id" | "attempt">): string {
  return `${task_id} ${attempt}`;
}

/** Each wait for a person that is new in a row, from the question to the decision. */
function waitsOf(row: TaskLog) {
  const { failure_decision, further_decisions = [] } = row;
  // A row is written again when a person has decided about its failure.
  if (failure_decision !== undefined) return waitFor(failure_decision, "failure");
  return [
    ...waitFor(row, row.stage),
    ...further_decisions.flatMap((further) => waitFor(further, further.stage, further.approval_id)),
  ];
}

function waitFor(
  decided: Pick<TaskLog, "decision" | "approval_request_time" | "decided_at">,
  stage: TaskLog["stage"],
  approval_id?: string,
) {
  const { decision, approval_request_time: asked, decided_at } = decided;
  if (asked === undefined || decided_at === undefined) return [];
  return [{ approval_id, stage, decision, start: toMs(asked), end: toMs(decided_at) }];
}
