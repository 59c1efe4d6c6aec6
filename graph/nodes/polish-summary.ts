/** The optional node: a model rewords the executive summary. Rules have decided everything by then. */

import type { MissionGraphDependencies } from "../dependencies.ts";
import { polishRun } from "../polish-run.ts";
import type { MissionNode } from "../state.ts";

/** A signal of its own where LangGraph gives none. */
const NEVER = new AbortController().signal;

export function createPolishSummary(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id }, { signal = NEVER }) => {
    const booked = await polishRun(run_id, dependencies, signal);
    if (booked === undefined) return {};
    const { executive_summary, rule_summary } = booked.report;
    return { executive_summary, rule_summary, report: booked.markdown };
  };
}
