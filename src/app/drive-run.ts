/** Carries a run forward on its thread: from wherever it stands to where it waits or ends. */

import { Command } from "@langchain/langgraph";
import { z } from "zod";

import type { MissionGraph } from "../../graph/mission-graph.ts";
import type { MissionUpdate } from "../../graph/state.ts";
import { toAnswer } from "../approvals/record.ts";
import { MissionError, UnknownRunError } from "../errors.ts";
import { type ProgressEvent, progressEventSchema } from "../execution/progress-event.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";

/** Told what happens while a run goes on. */
export type ProgressListener = (event: ProgressEvent) => void;

interface Engine {
  readonly graph: MissionGraph;
  readonly store: TelemetryStore;
}

/**
 * Goes on until the run has ended or nothing but people's decisions is missing.
 *
 * Looks where the thread stands first, because an answer to a thread that does not ask is swallowed.
 * The caller holds the run's lock.
 *
 * @throws MissionError `BAD_DOCUMENT` when the run cannot go on with the documents as they are.
 */
export async function driveRun(
  runId: string,
  { graph, store }: Engine,
  onProgress: ProgressListener = () => {},
): Promise<void> {
  const run = await findRun(runId, store);
  if (run.status === "abandoned") return;
  const thread = { configurable: { thread_id: run.thread_id ?? runId } };
  const { next, tasks } = await graph.getState(thread);
  let question = tasks.flatMap((task) => task.interrupts)[0];
  if (question === undefined) {
    if (next.length === 0 && isEnded(run)) return;
    // Nothing on the thread yet, or closed over the run's head: A finds where to go on.
    const input = next.length > 0 ? null : inputOf(run);
    question = await step(graph, input, { thread, onProgress });
  }
  while (question?.id !== undefined) {
    const answer = await undeliveredAnswer(runId, question.value, store);
    if (answer === undefined) return;
    const resume = new Command<unknown, MissionUpdate, "await_approvals">({
      resume: { [question.id]: answer },
    });
    question = await step(graph, resume, { thread, onProgress });
  }
  if (isEnded(await findRun(runId, store))) return;
  const { values } = await graph.getState(thread);
  throw new MissionError("BAD_DOCUMENT", `${runId} cannot go on: ${String(values["last_error"])}`);
}

interface Question {
  readonly id?: string;
  readonly value?: unknown;
}

const interruptedSchema = z.object({
  __interrupt__: z.tuple([z.object({ id: z.string(), value: z.unknown() })], z.unknown()),
});

/** One call of the graph; the question it stops at, if it does. */
async function step(
  graph: MissionGraph,
  input: Parameters<MissionGraph["stream"]>[0],
  { thread, onProgress }: { thread: Thread; onProgress: ProgressListener },
): Promise<Question | undefined> {
  let question: Question | undefined;
  const streamMode: ("custom" | "updates")[] = ["custom", "updates"];
  for await (const [mode, chunk] of await graph.stream(input, { ...thread, streamMode })) {
    if (mode === "custom") onProgress(progressEventSchema.parse(chunk));
    const interrupted = interruptedSchema.safeParse(chunk);
    if (mode === "updates" && interrupted.success) [question] = interrupted.data.__interrupt__;
  }
  return question;
}

interface Thread {
  readonly configurable: { readonly thread_id: string };
}

const askedSchema = z.object({ approvals: z.array(z.object({ approval_id: z.string() })) });

/** All decisions that the store has on what the gate asks, as one answer; undefined when none. */
async function undeliveredAnswer(runId: string, question: unknown, store: TelemetryStore) {
  const { approvals } = askedSchema.parse(question);
  const asked = new Set(approvals.map((approval) => approval.approval_id));
  const requests = await store.listApprovals(runId);
  const decided = requests.filter(
    (request) => request.status === "decided" && asked.has(request.approval_id),
  );
  return decided.length === 0 ? undefined : toAnswer(decided);
}

async function findRun(runId: string, store: TelemetryStore): Promise<MissionRun> {
  const run = await store.findRun(runId);
  if (run === undefined) throw new UnknownRunError(runId);
  return run;
}

function inputOf(run: MissionRun) {
  return {
    mission_id: run.mission_id,
    run_id: run.run_id,
    requested_by: run.requested_by ?? "",
    priority: run.priority ?? "normal",
    kpi_observations: run.kpis ?? {},
  };
}
