/** Carries a run forward on its thread: from wherever it stands to where it waits or ends. */

import { Command } from "@langchain/langgraph";
import { z } from "zod";

import type { MissionGraph } from "../../graph/mission-graph.ts";
import type { MissionUpdate } from "../../graph/state.ts";
import { toAnswer } from "../approvals/record.ts";
import { MissionError } from "../errors.ts";
import { type ProgressEvent, progressEventSchema } from "../execution/progress-event.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";

/** Told what happens while a run goes on. */
export type ProgressListener = (event: ProgressEvent) => void;

interface Engine {
  readonly graph: MissionGraph;
  readonly store: TelemetryStore;
}

/** What the gate of a waiting thread asks. */
export interface Question {
  /** LangGraph's id of the interrupt: an answer to another one is dropped. */
  readonly id: string;
  readonly asked: ReadonlySet<string>;
}

/**
 * Goes on until the run has ended or nothing but people's decisions is missing.
 *
 * Looks where the thread stands first, because an answer to a thread that does not ask is swallowed.
 * The caller holds the run's lock.
 *
 * @param standing where the thread was left, if known: asking again what was asked is safe when
 *   somebody else has gone on since, because LangGraph drops an answer to an old question.
 * @returns what it waits for.
 * @throws MissionError `BAD_DOCUMENT` when the run cannot go on with the documents as they are.
 */
export async function driveRun(
  run: MissionRun,
  engine: Engine,
  {
    standing,
    onProgress,
  }: { standing: Question | "new" | undefined; onProgress?: ProgressListener | undefined },
): Promise<Question | undefined> {
  const { graph, store } = engine;
  const { run_id } = run;
  if (run.status === "abandoned") return undefined;
  const thread = { configurable: { thread_id: run.thread_id ?? run_id } };
  let question = standing === "new" ? undefined : standing;
  if (question === undefined) {
    const { next, tasks } = standing === "new" ? NOTHING_YET : await graph.getState(thread);
    question = toQuestion(tasks.flatMap((task) => task.interrupts)[0]);
    if (question === undefined) {
      if (next.length === 0 && isEnded(run)) return undefined;
      // Nothing on the thread yet, or closed over the run's head: A finds where to go on.
      const input = next.length > 0 ? null : inputOf(run);
      question = await step(graph, input, { thread, onProgress });
    }
  }
  while (question !== undefined) {
    const answer = toAnswer(await undelivered(run_id, question, store));
    if (Object.keys(answer).length === 0) return question;
    const resume = new Command<unknown, MissionUpdate, "await_approvals">({
      resume: { [question.id]: answer },
    });
    question = await step(graph, resume, { thread, onProgress });
  }
  const after = (await store.findRun(run_id)) ?? run;
  if (isEnded(after)) return undefined;
  // The thread no longer asks what it asked here: it was closed meanwhile. Look where it stands.
  if (typeof standing === "object")
    return driveRun(after, engine, { standing: undefined, onProgress });
  const { values } = await graph.getState(thread);
  throw new MissionError("BAD_DOCUMENT", `${run_id} cannot go on: ${String(values["last_error"])}`);
}

/** Decisions that the store has and the thread, which asks for them, has not. */
export async function undelivered(
  runId: string,
  { asked }: Question,
  store: TelemetryStore,
): Promise<readonly ApprovalRequest[]> {
  const requests = await store.listApprovals(runId);
  return requests.filter(
    (request) => request.status === "decided" && asked.has(request.approval_id),
  );
}

const NOTHING_YET = { next: [], tasks: [] } satisfies { next: string[]; tasks: StateTask[] };
type StateTask = Awaited<ReturnType<MissionGraph["getState"]>>["tasks"][number];

const questionSchema = z.object({
  id: z.string(),
  value: z.object({ approvals: z.array(z.object({ approval_id: z.string() })) }),
});
const interruptsSchema = z.array(z.unknown());

/** One call of the graph; the question it stops at, if it does. */
async function step(
  graph: MissionGraph,
  input: Parameters<MissionGraph["stream"]>[0],
  { thread, onProgress }: { thread: Thread; onProgress: ProgressListener | undefined },
): Promise<Question | undefined> {
  if (onProgress === undefined) return questionIn(await graph.invoke(input, thread));
  let question: Question | undefined;
  const streamMode: ("custom" | "updates")[] = ["custom", "updates"];
  for await (const [mode, chunk] of await graph.stream(input, { ...thread, streamMode })) {
    if (mode === "custom") onProgress(progressEventSchema.parse(chunk));
    else question = questionIn(chunk) ?? question;
  }
  return question;
}

function questionIn(result: object): Question | undefined {
  if (!("__interrupt__" in result)) return undefined;
  return toQuestion(interruptsSchema.parse(result.__interrupt__)[0]);
}

interface Thread {
  readonly configurable: { readonly thread_id: string };
}

function toQuestion(interrupt: unknown): Question | undefined {
  if (interrupt === undefined) return undefined;
  const { id, value } = questionSchema.parse(interrupt);
  return { id, asked: new Set(value.approvals.map((approval) => approval.approval_id)) };
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
