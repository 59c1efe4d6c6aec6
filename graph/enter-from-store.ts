/** Where and with what a run goes on: what node A finds, without the way there. */

import { Command } from "@langchain/langgraph";

import type { RunRecord } from "../src/model/run-record.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";
import { afterContext } from "./edges.ts";
import { restoreRun } from "./restore-state.ts";

/** The input of a call that begins its thread anew: two supersteps fewer, each a good part of what a mission costs. */
export async function enterFromStore(
  record: RunRecord,
  world: Pick<MissionGraphDependencies, "store">,
) {
  const update = await restoreRun(record, world);
  return new Command({ goto: afterContext(update), update });
}
