/** Carries runs forward, each by one process at a time: from where the store says it stands to where it waits or ends. */

import { z } from "zod";

import { apart } from "../../graph/apart.ts";
import { FROM_STORE, type SaveListener } from "../../graph/checkpoint-saver.ts";
import { enterFromStore } from "../../graph/enter-from-store.ts";
import type { MissionGraph } from "../../graph/mission-graph.ts";
import { BusyError, MissionError } from "../errors.ts";
import { type ProgressEvent, progressEventSchema } from "../execution/progress-event.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { RunLimits } from "../model/policy.ts";
import type { RunRecord } from "../model/run-record.ts";
import { SPANS, name } from "../model/trace.ts";
import { requireGraphVersion } from "../runs/open-run.ts";
import { readRun } from "../runs/read-run.ts";
import type { RunWorld } from "../runs/world.ts";
import type { Lease } from "../store/store.ts";

/** Told what happens while a run goes on. What it throws ends the call, and not the run: `resume` goes on. */
export type ProgressListener = (event: ProgressEvent) => void;

export interface DriveOptions {
  readonly onProgress?: ProgressListener | undefined;
  /** What of other runs may be carried on at once, this one included. */
  readonly limits?: RunLimits;
}

export interface RunDriver {
  /**
   * Works on a run until it has ended or nothing but people's decisions is missing.
   *
   * @throws BusyError when somebody else works on it, or the limits are reached; MissionError `UNKNOWN_GRAPH_VERSION`,
   *   `BAD_DOCUMENT` when it cannot go on with the documents as they are.
   */
  readonly drive: (runId: string, how?: DriveOptions) => Promise<void>;
  /** As `drive`; but who works on the run just now will use what was recorded. */
  readonly deliver: (runId: string, how?: DriveOptions) => Promise<void>;
}

/** What of the state tells whether the run waits for something that was decided meanwhile. */
const standingSchema = z.object({
  last_error: z.string(),
  hitl_queue: z.array(z.object({ approval_id: z.string() })),
});
type Standing = z.infer<typeof standingSchema>;

/** Who is told what happens in one call of the graph. */
interface Told {
  readonly onProgress: ProgressListener | undefined;
  readonly onSave: SaveListener;
}

export function createRunDriver(graph: MissionGraph, world: RunWorld): RunDriver {
  const { store } = world;
  /** Runs that this process works on now. */
  const active = new Map<string, Promise<Standing | undefined>>();

  async function drive(runId: string, how: DriveOptions = {}): Promise<void> {
    const { onProgress, limits } = how;
    const { run } = await readRun(runId, world);
    if (isEnded(run)) return;
    requireGraphVersion(run);
    const lease = await store.takeLease(runId, limits === undefined ? "drive" : { drive: limits });
    const work = driveHeld(run, lease, onProgress);
    active.set(runId, work);
    let standing: Standing | undefined;
    try {
      standing = await work;
    } finally {
      if (active.get(runId) === work) active.delete(runId);
    }
    // Who decided while the lease was held left the delivery to its holder.
    if (standing !== undefined && isDecided(standing, await readRun(runId, world))) {
      await deliver(runId, how);
    }
  }

  async function deliver(runId: string, how: DriveOptions = {}): Promise<void> {
    try {
      await drive(runId, how);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await active.get(runId);
    }
  }

  async function driveHeld(
    run: MissionRun,
    lease: Lease,
    onProgress: ProgressListener | undefined,
  ): Promise<Standing | undefined> {
    const { run_id, mission_id } = run;
    const known = name({ operation: SPANS.run, agent_name: mission_id, run_id, mission_id });
    let isDone = false;
    const saving: Promise<void>[] = [];
    const onSave: SaveListener = (saved) => {
      // It may fail before it is waited for.
      saved.catch(() => {});
      saving.push(saved);
    };
    try {
      const standing = await world.trace.within(
        `${SPANS.run} ${mission_id}`,
        known,
        async (span) => {
          const { status, standing: left } = await goThrough(run, { onProgress, onSave });
          span.set(name({ status }));
          if (status === "failed") span.fail("the run failed");
          return left;
        },
      );
      isDone = true;
      return standing;
    } finally {
      // The last checkpoint is committed with the end of the lease.
      await Promise.all([...saving, lease.release(isDone)]);
    }
  }

  /** How the run stands then; without `standing` when it has ended. */
  async function goThrough(
    run: MissionRun,
    told: Told,
  ): Promise<{ readonly status: MissionRun["status"]; readonly standing?: Standing }> {
    const { run_id, thread_id = run_id } = run;
    let record = await readRun(run_id, world);
    while (!isEnded(record.run)) {
      const input = await enterFromStore(record, world);
      const standing = standingSchema.parse(
        await apart(() => invoke(graph, input, thread_id, told)),
      );
      record = await readRun(run_id, world);
      if (isEnded(record.run)) break;
      if (standing.hitl_queue.length === 0) {
        throw new MissionError("BAD_DOCUMENT", `${run_id} cannot go on: ${standing.last_error}`);
      }
      if (!isDecided(standing, record)) return { status: record.run.status, standing };
    }
    return { status: record.run.status };
  }

  return { drive, deliver };
}

/** True when something that the run waits for has been decided. */
function isDecided({ hitl_queue }: Standing, { requests }: Pick<RunRecord, "requests">): boolean {
  const waiting = new Set(hitl_queue.map(({ approval_id }) => approval_id));
  return requests.some(
    ({ approval_id, status }) => status !== "pending" && waiting.has(approval_id),
  );
}

/** One call of the graph; the state that it leaves. */
async function invoke(
  graph: MissionGraph,
  input: Awaited<ReturnType<typeof enterFromStore>>,
  thread_id: string,
  { onProgress, onSave }: Told,
): Promise<unknown> {
  const options = {
    configurable: { thread_id, [FROM_STORE]: onSave },
    // The store says where a run stands, so no checkpoint is needed on the way.
    durability: "exit" as const,
  };
  if (onProgress === undefined) return graph.invoke(input, options);
  let state: unknown;
  const streamMode: ("custom" | "values")[] = ["custom", "values"];
  for await (const [mode, chunk] of await graph.stream(input, { ...options, streamMode })) {
    if (mode === "custom") onProgress(progressEventSchema.parse(chunk));
    else if (!("__interrupt__" in chunk)) state = chunk;
  }
  return state;
}
