/** Summaries as facts, for wordings to be made of. */

import type { SummaryFact } from "../../src/summary/write-summary.ts";

const inGroup = (group: string, ...texts: readonly string[]): readonly SummaryFact[] =>
  texts.map((text) => ({
    text,
    group,
    opensWithName: group === "kpis",
    ...(text.endsWith("by people") ? { about: "people" } : {}),
  }));
const alone = (...texts: readonly string[]): readonly SummaryFact[] =>
  texts.map((text) => ({ text, ...(text.startsWith("not measured") ? { about: "kpis" } : {}) }));

export const SUMMARIES = {
  completed: [
    ...inGroup(
      "outcome",
      "Reduce Onboarding Time (M001) completed after 73 minutes",
      "4 of 4 tasks done",
      "2 decisions by people",
      "1 escalation",
    ),
    ...inGroup(
      "kpis",
      "onboarding_time_days is 2.1, on target (at most 3, from 5)",
      "csat is 3.9, off target (at least 4)",
    ),
    ...alone("not measured: steps"),
    ...inGroup(
      "time",
      "people were waited for during 12 of 73 minutes",
      "most time was lost by waiting for a person at T2 (Verify documents): 10 minutes",
    ),
    ...alone(
      "at risk: sla_breach_risk at T2 (high)",
      "next: ana should look into sla_breach_risk at T2 (high)",
    ),
  ],
  failed: [
    ...inGroup(
      "outcome",
      "Reduce Onboarding Time (M001) failed after 10 minutes",
      "1 of 4 tasks done",
      "1 decision by people",
      "0 escalations",
    ),
    ...alone(
      "T2 (Verify documents) was rejected by ana: the passport is too old",
      "blocked by T2: T3, T4",
      "not measured: csat",
      "next: settle why T2 could not be done, then start the mission again",
    ),
  ],
  cancelled: [
    ...inGroup(
      "outcome",
      "Improve Support (M003) was cancelled after 5 minutes",
      "0 of 3 tasks done",
      "0 decisions by people",
      "0 escalations",
    ),
    ...alone("reason for cancelling: duplicate (ana)"),
  ],
  short: [
    ...inGroup(
      "outcome",
      "Improve Support (M003) completed after 41 minutes",
      "3 of 3 tasks done",
      "1 decision by people",
      "0 escalations",
    ),
    ...inGroup("kpis", "handle_time_minutes is 12, on target (at most 15, from 30)"),
  ],
  measured: [
    ...inGroup(
      "outcome",
      "Cut Costs (M007) completed after 200 minutes",
      "5 of 5 tasks done",
      "3 decisions by people",
      "2 escalations",
    ),
    ...inGroup(
      "kpis",
      "cost_usd is 900, off target (at most 800, from 1200)",
      "csat is 4.2, on target (at least 4)",
      "steps is 6, off target (at most 5)",
    ),
    ...inGroup(
      "time",
      "people were waited for during 90 of 200 minutes",
      "most time was lost by work over the estimate at T4 (Compare offers): 35 minutes",
    ),
    ...alone("next: bring cost_usd, steps to target, starting with T4 (Compare offers)"),
  ],
} as const satisfies Record<string, readonly SummaryFact[]>;

export type SummaryName = keyof typeof SUMMARIES;
