/** The page of a sweep: what a threshold would flag at each of its values. */

import { count } from "../../model/count.ts";
import { tableOf } from "../table.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { type Level, drawLine } from "./line-chart.ts";
import { renderPage } from "./page.ts";
import { renderSection } from "./section.ts";
import { renderTable } from "./table.ts";

interface SweptPoint {
  readonly value: number;
  readonly events: number;
  readonly flagged: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

/** A sweep as it was computed. */
export interface SweptThreshold {
  readonly rule_id: string;
  readonly metric: string;
  readonly op: string;
  readonly policy_value: number;
  readonly recorded: number;
  readonly points: readonly SweptPoint[];
}

type Curve = Exclude<keyof SweptPoint, "value">;

const CURVES = ["precision", "recall", "flagged", "events"] as const satisfies readonly Curve[];

const WORDS: Record<Curve, { caption: string; note: string }> = {
  precision: { caption: "Precision", note: "Of the runs flagged, the share flagged on record." },
  recall: { caption: "Recall", note: "Of the runs flagged on record, the share found." },
  flagged: { caption: "Runs flagged", note: "Against the runs flagged on record." },
  events: { caption: "Risk events", note: "Of all rules of the policy." },
};

/** A whole HTML document, the same for equal input. */
export function renderSweepPage(sweep: SweptThreshold): string {
  const { rule_id, metric, op, policy_value, recorded, points } = sweep;
  return renderPage({
    title: `Sweep of ${rule_id}`,
    body: [
      html`<header>
        <p class="kind">Back-test over recorded runs</p>
        <h1>Sweep of ${rule_id}</h1>
        <p class="about">
          ${metric} ${op} value; the policy has ${policy_value}. ${count(recorded, "run")} flagged
          on record.
        </p>
      </header>`,
      renderSection(
        "Curves",
        html`<div class="figures">${CURVES.map((curve) => renderCurve(curve, sweep))}</div>`,
      ),
      renderSection(
        "Figures",
        renderTable(
          tableOf(points, {
            Value: (point) => point.value,
            "Risk events": (point) => point.events,
            "Runs flagged": (point) => point.flagged,
            Precision: (point) => say(point.precision),
            Recall: (point) => say(point.recall),
          }),
        ),
      ),
    ],
  });
}

function renderCurve(curve: Curve, sweep: SweptThreshold): Html {
  const { metric, op, policy_value, recorded, points } = sweep;
  const { caption, note } = WORDS[curve];
  const isCount = curve === "flagged" || curve === "events";
  const onRecord: Level = { value: recorded, words: `on record: ${recorded}`, kind: "baseline" };
  const [first, last] = [points.at(0), points.at(-1)];
  return renderFigure({
    caption,
    note: `${note} The diamond is the policy's own value.`,
    chart: drawLine(
      points.map((point) => ({
        name: String(point.value),
        value: point[curve],
        isHollow: false,
        isPointedOut: point.value === policy_value,
      })),
      {
        id: `sweep-${curve}`,
        label:
          first === undefined || last === undefined
            ? caption
            : `${caption} by ${metric}: ${say(first[curve])} at ${first.value}, ${say(last[curve])} at ${last.value}.`,
        axisName: `${metric} ${op}`,
        ...(curve === "flagged" ? { levels: [onRecord] } : {}),
        ...(isCount ? { smallestStep: 1 } : {}),
      },
    ),
    table: tableOf(points, {
      Value: (point) => point.value,
      [caption]: (point) => say(point[curve]),
    }),
  });
}

function say(figure: number | null): string {
  return figure === null ? "–" : String(figure);
}
