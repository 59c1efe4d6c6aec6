/** Turns an expected error at the start of a run into state, so that any client of the graph can read it. */

import { MissionError } from "../src/errors.ts";
import type { MissionState } from "./state.ts";

/** @throws whatever is not the fault of the input or of the documents. */
export function refuseOn(error: unknown): Pick<MissionState, "last_error" | "run_status"> {
  if (!(error instanceof MissionError) || error.exitCode !== 2) throw error;
  return { last_error: `${error.code}: ${error.message}`, run_status: "failed" };
}
