/** What is recorded, to look at: without the documents, the policy and the agents, which most of a start goes to. */

import { requireRun } from "../runs/require-run.ts";
import type { MissionControl, MissionControlOptions } from "./mission-control.ts";
import { type OpenedStore, openStoreOf } from "./open-store.ts";
import { systemClock } from "./system.ts";

export type Records = Pick<MissionControl, "runs" | "risks" | "pendingApprovals">;

export function lookAtRecords(
  { store }: Pick<OpenedStore, "store">,
  { now }: { now: () => string },
): Records {
  return {
    runs: (filter) => store.listRuns(filter),
    risks: (filter) => store.listEvents(filter),
    async pendingApprovals(query = {}) {
      if (query.run_id !== undefined) await requireRun(query.run_id, store);
      return store.listPending({ ...query, now: now() });
    },
  };
}

/** @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`, `STORE_FAILED`, `USAGE`. */
export async function openRecords(
  options: Pick<MissionControlOptions, "workspace" | "store">,
): Promise<Records & Pick<MissionControl, "close">> {
  const opened = await openStoreOf(options);
  return { ...lookAtRecords(opened, systemClock), close: () => opened.store.close() };
}
