/** The portfolio's headline figures over its snapshots. */

import { count } from "../../model/count.ts";
import { toMs } from "../../model/time.ts";
import { BETTER, TREND_FIELDS, type TrendField } from "../portfolio-trend.ts";
import type { Portfolio } from "../portfolio.ts";
import { tableOf, unbroken } from "../table.ts";
import { describeChange, fieldValue, sayField } from "../trend-words.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { drawLine } from "./line-chart.ts";
import { renderAbsence } from "./section.ts";

const BETTER_WORDS = { higher: "More is better.", lower: "Less is better." } as const;

/** One figure for each headline; a sentence where there is nothing to compare yet. */
export function renderTrend(portfolio: Portfolio): Html {
  const { snapshots } = portfolio;
  if (snapshots.length < 2) {
    return renderAbsence("This is the first snapshot: there is no trend to show yet.");
  }
  const figures = TREND_FIELDS.map((field) => renderField(field, portfolio));
  return html`<div class="figures">${figures}</div>`;
}

function renderField(field: TrendField, { snapshot, snapshots, trend }: Portfolio): Html {
  const words = sayField(field, snapshot.period);
  const spoken = snapshots.map(
    (each) => `${each.snapshot_date}: ${fieldValue(field, each[field])}`,
  );
  const better = BETTER[field];
  const note = better === null ? "" : ` ${BETTER_WORDS[better]}`;
  const isPercent = field === "avg_kpi_improvement_pct";
  return renderFigure({
    caption: `${words}${isPercent ? ", percent" : ""}`,
    note: `${describeChange(trend[field])} against the one before, of ${count(snapshots.length, "snapshot")}.${note}`,
    chart: drawLine(
      snapshots.map((each) => ({
        name: each.snapshot_date,
        at: toMs(`${each.snapshot_date}T00:00:00Z`),
        value: each[field],
        isHollow: false,
        isPointedOut: false,
      })),
      {
        id: `trend-${field.replaceAll("_", "-")}`,
        label: `${words} over ${count(snapshots.length, "snapshot")}. ${spoken.join("; ")}.`,
        axisName: "snapshots (UTC)",
        ...(isPercent ? {} : { smallestStep: 1 }),
      },
    ),
    table: tableOf(snapshots, {
      Snapshot: (each) => each.snapshot_date,
      [words]: (each) => unbroken(fieldValue(field, each[field])),
    }),
  });
}
