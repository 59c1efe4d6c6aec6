/** Lights as a shape beside a word, so that neither colour nor an emoji font is needed to read them. */

import type { KpiResult } from "../model/kpi-result.ts";
import type { Severity } from "../model/mission-risk-events.ts";
import type { RunStatus } from "../model/mission-runs.ts";
import { LIGHT_WORDS } from "../reporting/kpi-words.ts";
import { type Html, html } from "./html.ts";

const SHAPES = { green: "●", yellow: "▲", red: "■", grey: "○" } as const;
type Light = keyof typeof SHAPES;

const STATUSES = {
  completed: { light: "green", words: "Completed" },
  running: { light: "grey", words: "Running" },
  awaiting_approval: { light: "yellow", words: "Waiting for a person" },
  failed: { light: "red", words: "Failed" },
  abandoned: { light: "red", words: "Cancelled" },
} as const satisfies Record<RunStatus, { light: Light; words: string }>;

const SEVERITY_LIGHTS = { low: "grey", medium: "yellow", high: "red" } as const;
const VERDICT_LIGHTS = { low: "green", medium: "yellow", high: "red" } as const;

/** The KPI's light in words: those of the Markdown report, without its emoji. */
export function sayLight(light: KpiResult["light"]): string {
  return LIGHT_WORDS[light].replace(/^\S+ /, "");
}

export function markLight(light: KpiResult["light"]): Html {
  return mark(light, sayLight(light));
}

export function markStatus(status: RunStatus): Html {
  return mark(STATUSES[status].light, STATUSES[status].words);
}

export function markSeverity(severity: Severity): Html {
  return mark(SEVERITY_LIGHTS[severity], severity);
}

export function markVerdict(verdict: Severity, words: string): Html {
  return mark(VERDICT_LIGHTS[verdict], words);
}

function mark(light: Light, words: string): Html {
  return html`<span class="mark ${light}" aria-hidden="true">${SHAPES[light]}</span> ${words}`;
}
