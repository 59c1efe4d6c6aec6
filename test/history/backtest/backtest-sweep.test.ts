import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MissionError } from "../../../src/errors.ts";
import { type BacktestRecord, backtest } from "../../../src/history/backtest/backtest.ts";
import { atValue, parseSweep } from "../../../src/history/backtest/sweep-range.ts";
import { sweepThreshold } from "../../../src/history/backtest/sweep.ts";
import { DEFAULT_POLICY } from "../../../src/model/default-policy.ts";
import { type Policy, policySchema } from "../../../src/model/policy.ts";
import { OPERATORS } from "../../../src/model/risk-rules.ts";
import { renderSweepPage } from "../../../src/reports/pages/sweep-page.ts";
import { aRule } from "../../risk/facts.ts";
import { SAMPLE_HISTORY, SAMPLE_REFERENCE } from "../../risk/sample.ts";

const SAMPLE: BacktestRecord = {
  history: SAMPLE_HISTORY,
  stats: [],
  reference: SAMPLE_REFERENCE,
  now: "2026-11-22T13:00:00Z",
};

const sweep = (text: string, policy: Policy = DEFAULT_POLICY) =>
  sweepThreshold(SAMPLE, { range: parseSweep(text, policy.risk), policy });

/** What a refusal says. */
function refusal(text: string, policy: Policy = DEFAULT_POLICY): string {
  try {
    parseSweep(text, policy.risk);
  } catch (error) {
    if (error instanceof MissionError) return `${error.code} ${error.exitCode}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("parseSweep", () => {
  const valuesOf = (range: string) =>
    parseSweep(`task-overrun.task.overrun_pct=${range}`, DEFAULT_POLICY.risk).values;

  it("lists the values, both ends included where the step meets them", () => {
    expect(valuesOf("20..100:10")).toEqual([20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(valuesOf("20..45:10")).toEqual([20, 30, 40]);
    expect(valuesOf("0.1..0.5:0.1")).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(valuesOf("-2..0:1")).toEqual([-2, -1, 0]);
    expect(valuesOf("7..7:1")).toEqual([7]);
  });

  it("takes a thousand values, and no more", () => {
    expect(valuesOf("1..1000:1")).toHaveLength(1000);
    expect(refusal("task-overrun.task.overrun_pct=0..1000:1")).toContain("1001");
  });

  it.each([
    ["task-overrun", "is not RULE.METRIC=FROM..TO:STEP"],
    ["task-overrun.task.overrun_pct=1..2", "is not RULE.METRIC=FROM..TO:STEP"],
    ["task-overrun.task.overrun_pct=a..2:1", "is not RULE.METRIC=FROM..TO:STEP"],
    ["nope.task.overrun_pct=1..2:1", "Its rules: task-overrun, approval-delay"],
    ["task-overrun=1..2:1", "names no rule"],
    ["task-overrun.task.attempts=1..2:1", "Its metrics: task.overrun_pct, task.overrun_minutes."],
    ["task-overrun.task.overrun_pct=1..2:0", "a step above 0"],
    ["task-overrun.task.overrun_pct=1..2:-1", "a step above 0"],
    ["task-overrun.task.overrun_pct=2..1:1", "2 is above 1"],
  ])("refuses %s as a matter of usage", (text, message) => {
    expect(refusal(text)).toContain(message);
    expect(refusal(text)).toMatch(/^USAGE 2: /);
  });

  it("tells rules apart whose ids have dots, and refuses two conditions on one metric", () => {
    const condition = { metric: "task.attempts", op: ">=", value: 1 } as const;
    const policy = policySchema.parse({
      risk: {
        rules: [
          aRule({ rule_id: "a" }),
          aRule({ rule_id: "a.b" }),
          aRule({ rule_id: "twice", when: { all: [condition, { ...condition, op: "<" }] } }),
        ],
      },
    });

    expect(parseSweep("a.b.task.attempts=1..2:1", policy.risk).rule.rule_id).toBe("a.b");
    expect(parseSweep("a.task.attempts=1..2:1", policy.risk).rule.rule_id).toBe("a");
    expect(refusal("twice.task.attempts=1..2:1", policy)).toContain("has 2 conditions");
  });
});

describe("sweepThreshold", () => {
  it("gives the curve of the sample's only plain overrun, which took 50 % more", () => {
    expect(sweep("task-overrun.task.overrun_pct=40..60:10")).toEqual({
      rule_id: "task-overrun",
      metric: "task.overrun_pct",
      op: ">=",
      policy_value: 40,
      recorded: 3,
      points: [
        { value: 40, events: 5, flagged: 3, precision: 1, recall: 1 },
        { value: 50, events: 5, flagged: 3, precision: 1, recall: 1 },
        { value: 60, events: 4, flagged: 3, precision: 1, recall: 1 },
      ],
    });
  });

  it("is what a back-test of each value says, for every operator", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATORS),
        fc.constantFrom("task.overrun_minutes", "run.escalations", "kpi.csat.value"),
        fc.constantFrom("task", "run"),
        fc.integer({ min: -2, max: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (op, metric, scope, from, count) => {
          fc.pre(scope === "task" || metric !== "task.overrun_minutes");
          const when = { all: [{ metric, op, value: 3 }] };
          const rule = aRule({ scope, when, supersedes: ["task_overrun"] });
          const rules = [...DEFAULT_POLICY.risk.rules, rule];
          const policy = { ...DEFAULT_POLICY, risk: { rules } };
          const range = parseSweep(`rule.${metric}=${from}..${from + count}:0.5`, policy.risk);

          const { points } = sweepThreshold(SAMPLE, { range, policy });

          for (const point of points) {
            const changed = [...DEFAULT_POLICY.risk.rules, atValue(range, point.value)];
            const under = { ...DEFAULT_POLICY, risk: { rules: changed } };
            const { events, flagged, precision, recall } = backtest(SAMPLE, {
              under,
              against: under,
            });
            expect(point).toEqual({
              value: point.value,
              events: events.same,
              flagged: flagged.now.length,
              precision,
              recall,
            });
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("renderSweepPage", () => {
  it("draws the curves and shows the figures, the same for equal input", () => {
    const swept = sweep("task-overrun.task.overrun_pct=40..60:10");
    const page = renderSweepPage(swept);

    expect(page).toBe(renderSweepPage(swept));
    expect(page.match(/<svg\s/g)).toHaveLength(4);
    expect(page).toContain("Precision by task.overrun_pct: 1 at 40, 1 at 60.");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it("keeps text from the policy from being markup", () => {
    const swept = sweep("task-overrun.task.overrun_pct=40..60:10");

    expect(renderSweepPage({ ...swept, metric: "<script>" })).not.toContain("<script>");
  });
});
