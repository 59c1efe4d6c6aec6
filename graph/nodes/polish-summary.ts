/** The optional node: a model rewords the executive summary. Rules have decided everything by then. */

import { polishRun } from "../../src/runs/polish-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

/** A signal of its own where LangGraph gives none. */
const NEVER = new AbortController().signal;

export function createPolishSummary(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id }, { signal = NEVER }) => {
    const reported = await polishRun(run_id, dependencies, signal);
    if (reported === undefined) return {};
    const { report, markdown } = reported;
    await dependencies.publish({ run_id, markdown });
    const { executive_summary, rule_summary } = report;
    return { executive_summary, rule_summary, report: markdown };
  };
}
