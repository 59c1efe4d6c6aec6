/** Where and with what a run goes on: what nodes A and C find, without the way there. */

import { Command } from "@langchain/langgraph";

import type { RunRecord } from "../src/model/run-record.ts";
import { routeRun } from "../src/runs/route-run.ts";
import type { GraphWorld } from "./dependencies.ts";
import { afterContext } from "./edges.ts";
import { isPlanned, restoreRun } from "./restore-state.ts";

/**
 * The input of a call that begins its thread anew: up to three supersteps fewer, each a good part of what a mission costs.
 *
 * Where there is nothing to do but wait, A goes first: LangGraph takes a thread that was interrupted at once for one on which
 * nothing has been done, to which no `updateState` can be related, and keeps the writes of the call beside its checkpoint.
 */
export async function enterFromStore(
  record: RunRecord,
  world: Pick<GraphWorld, "store" | "reference" | "hash">,
) {
  const routed = isPlanned(record) ? { ...record, routing: await routeRun(record, world) } : record;
  const update = await restoreRun(routed, world);
  const entry = afterContext(update);
  const goto = entry === "await_approvals" ? "load_mission_context" : entry;
  return new Command({ goto, update });
}
