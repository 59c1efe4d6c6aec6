/** What is well and what is not, as lights. */

import type { Outcome } from "../kpi/sum-outcome.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { Severity } from "../model/mission-risk-events.ts";
import type { RunStatus } from "../model/mission-runs.ts";
import type { Cell, Light } from "./table.ts";

const STATUSES = {
  completed: { light: "green", words: "Completed" },
  running: { light: "grey", words: "Running" },
  awaiting_approval: { light: "yellow", words: "Waiting for a person" },
  failed: { light: "red", words: "Failed" },
  abandoned: { light: "red", words: "Cancelled" },
} as const satisfies Record<RunStatus, { light: Light; words: string }>;

const KPI_WORDS = {
  green: "on target",
  yellow: "within 20 %",
  red: "off target",
  grey: "not measured",
} as const satisfies Record<KpiResult["light"], string>;

const SEVERITIES = { low: "grey", medium: "yellow", high: "red" } as const;
const RISK_WORDS = { none: "low", low: "low", medium: "medium", high: "HIGH" } as const;
const VERDICTS = { none: "green", low: "green", medium: "yellow", high: "red" } as const;

export function sayKpiLight({ light, status }: Pick<KpiResult, "light" | "status">): string {
  if (status === "direction_unknown") return "direction unknown";
  return status === "not_graded" ? "not graded" : KPI_WORDS[light];
}

export function kpiLight(kpi: Pick<KpiResult, "light" | "status">): Cell {
  return { kind: "light", light: kpi.light, words: sayKpiLight(kpi) };
}

export function statusLight(status: RunStatus): Cell {
  return { kind: "light", ...STATUSES[status] };
}

export function severityLight(severity: Severity): Cell {
  return { kind: "light", light: SEVERITIES[severity], words: severity };
}

/** The one scale of risk that people see: what is open, of a run, a mission or all of them. */
export function riskLight(risk: Severity | "none"): Cell {
  return { kind: "light", light: VERDICTS[risk], words: `Risk: ${RISK_WORDS[risk]}` };
}

/** The same under a header that says what it is. */
export function riskCell(risk: Severity | "none"): Cell {
  return { kind: "light", light: VERDICTS[risk], words: RISK_WORDS[risk] };
}

/** KPIs on target, of a run, a mission or all of them. */
export function outcomeLight(outcome: Outcome): Cell {
  return { kind: "light", light: outcome.light, words: `KPIs on target: ${sayOutcome(outcome)}` };
}

/** The same under a header that says what it is. */
export function outcomeCell(outcome: Outcome): Cell {
  return { kind: "light", light: outcome.light, words: sayOutcome(outcome) };
}

function sayOutcome({ on_target, judged }: Outcome): string {
  return judged === 0 ? "none graded" : `${on_target} of ${judged}`;
}
