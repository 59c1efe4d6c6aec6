import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import { type RunFigures, measureRun } from "../../src/kpi/run-figures.ts";
import { defined } from "../../src/model/defined.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { orderTasks } from "../../src/planning/task-order.ts";
import { type RunReport, buildRunReport } from "../../src/reports/run-report.ts";
import { checkWording } from "../../src/summary/check-wording.ts";
import { summarizeRun } from "../../src/summary/executive-summary.ts";
import { afterNoon, minutesArbitrary, planArbitrary, rowArbitrary } from "../kpi/histories.ts";
import { SAMPLE_FACTS } from "../risk/sample.ts";
import { NOON, aPlan, aPlanOf, aRecord, aRequest, aRow, aRun } from "../support/builders.ts";

const tasks = aPlan({ T1: [], T2: ["T1"], T3: ["T2"] });
/** Figures of a run of {@link tasks} without KPIs; what is given stands over what follows from it. */
const gather = (given: Partial<RunFigures>): RunFigures => ({
  ...measureRun(
    aRecord({ plan: aPlanOf(given.tasks ?? tasks, { kpis: {} }), ...pickRecord(given) }),
    { now: afterNoon(60) },
  ),
  statuses: {},
  ...given,
});

/** What is recorded, of figures. */
const pickRecord = ({ run, rows, requests, events }: Partial<RunFigures>): Partial<RunRecord> =>
  defined({ run, rows, requests, events });

const summarize = (given: Partial<RunFigures>) => summarizeRun(gather(given)).text;

const anEvent = (fields: Partial<RiskEvent> = {}): RiskEvent => ({
  event_id: "RISK_001",
  run_id: "R1",
  mission_id: "M",
  task_id: "T1",
  risk_type: "late",
  severity: "high",
  description: "Seen.",
  detected_at: NOON,
  status: "open",
  ...fields,
});

describe("summarizeRun", () => {
  it("tells the sample's first run", () => {
    const [first] = SAMPLE_FACTS;

    expect(first === undefined ? "" : summarizeRun(first).text).toBe(
      [
        "Reduce Customer Onboarding Time completed after 73 minutes: 3 of 3 tasks done, 2 decisions by people, 1 escalation.",
        "Onboarding time is 3.1 days, off target (at most 2 days, from 5 days); Steps is 3, on target (at most 5).",
        'People were waited for during 7 of 73 minutes; most time was lost at "Verify documents": 7 minutes.',
        "Next: bring Onboarding time to target.",
      ].join(" "),
    );
  });

  it("has four sentences at most, and no id and no name of a field in them", () => {
    for (const facts of SAMPLE_FACTS) {
      const { text } = summarizeRun(facts);

      expect(text.split(/\. (?=[A-Z])/).length).toBeLessThanOrEqual(4);
      expect(text).not.toMatch(/\b(?:T\d|M00\d|RUN_|A\d)\b|[a-z]_[a-z]/);
      expect(text).not.toMatch(/\b0 (?:escalations|decisions|minutes)/);
    }
  });

  it.each([
    ["completed", "completed"],
    ["failed", "failed"],
    ["abandoned", "was cancelled"],
    ["awaiting_approval", "waits for a person"],
    ["running", "is running"],
  ] as const)("says that a %s run %s, and how much is done", (status, words) => {
    const statuses = { T1: "completed", T2: "running", T3: "pending" } as const;
    const run = aRun({ status, human_interventions: 1, escalations: 2 });

    expect(summarize({ run, statuses })).toContain(
      `Mission ${words}: 1 of 3 tasks done, 1 decision by people, 2 escalations`,
    );
  });

  it("says how long a run took once that is recorded", () => {
    const run = aRun({
      status: "completed",
      end_time: afterNoon(9.25),
      total_duration_minutes: 9.25,
    });

    expect(summarize({ run })).toContain("completed after 9.25 minutes: ");
    expect(summarize({ run: aRun() })).not.toContain("after");
  });

  it("says why a run was cancelled, and not what failed", () => {
    const statuses = { T1: "failed" } as const;
    const run = aRun({ status: "abandoned", ended_reason: "duplicate (ana)" });

    expect(summarize({ run, statuses })).toContain(
      "tasks done; reason for cancelling: duplicate (ana).",
    );
    expect(summarize({ run: aRun({ status: "abandoned" }) })).toContain(
      "reason for cancelling: none given.",
    );
    expect(summarize({ run, statuses })).not.toContain("Do T1");
  });

  it("says what failed, by whom and why, and what that blocks", () => {
    const statuses = { T1: "failed", T2: "blocked", T3: "blocked" } as const;
    const rows = [
      aRow({ outcome: "failed", error: "timeout" }),
      aRow({
        attempt: 2,
        outcome: "rejected",
        decided_by: "ana",
        reason: "wrong customer",
        error: "x",
      }),
    ];

    expect(summarize({ statuses, rows })).toContain(
      '"Do T1" was rejected by ana: wrong customer; blocked: "Do T2", "Do T3".',
    );
    expect(summarize({ statuses, rows: rows.slice(0, 1) })).toContain('"Do T1" failed: timeout;');
    expect(summarize({ statuses })).toContain('"Do T1" was not done;');
  });

  it("tells each KPI with its bound, and names what was not measured", () => {
    const less = {
      kpi: "days",
      label: "days",
      unit: "",
      baseline: 5,
      target: 2,
      direction: "lower",
    } as const;
    const more = {
      kpi: "csat",
      label: "csat",
      unit: "",
      baseline: null,
      target: 4,
      direction: "higher",
    } as const;
    const kpis = [
      evaluateKpi(less, 0),
      evaluateKpi(more, 3.9),
      evaluateKpi({ ...more, kpi: "score", label: "score", unit: "" }, undefined),
      evaluateKpi({ ...less, kpi: "cost", label: "cost", unit: "" }, undefined),
    ];

    expect(summarize({ kpis, run: aRun({ status: "completed" }) })).toContain(
      "days is 0, on target (at most 2, from 5); csat is 3.9, off target (at least 4); not measured: score, cost.",
    );
    expect(summarize({})).not.toContain("Not measured");
    expect(
      summarize({ kpis: [{ ...evaluateKpi(less, 0), status: "not_graded", light: "grey" }] }),
    ).toContain("days is 0 so far (at most 2, from 5).");
  });

  it("says what cost most, and for how long people were waited for", () => {
    const waited = aRow({
      actual_duration_minutes: 9,
      human_delay_minutes: 4,
      ended_at: afterNoon(9),
    });
    const worked = aRow({ actual_duration_minutes: 9, ended_at: afterNoon(9) });
    const run = aRun({ status: "completed", end_time: afterNoon(9) });

    expect(summarize({ run, rows: [waited] })).toContain(
      'People were waited for during 4 of 9 minutes; most time was lost at "Do T1": 4 minutes.',
    );
    expect(summarize({ run, rows: [worked] })).toContain(
      'tasks done. Most time was lost at "Do T1": 4 minutes.',
    );
    expect(summarize({ run, rows: [{ ...worked, actual_duration_minutes: 5.9 }] })).not.toContain(
      "Most time",
    );
    expect(summarize({ run })).not.toContain("Most time");
  });

  it("names open risks, and the one thing to do next", () => {
    const events = [anEvent({ status: "closed" }), anEvent({ task_id: "T2", severity: "low" })];
    const mission = { mission_id: "M", mission_name: "Mission", owner: "Ana" };

    expect(summarize({ events, mission })).toContain(
      'At risk: late at "Do T2" (low). Next: Ana should look into the late at "Do T2" (low).',
    );
    expect(summarize({ events })).toContain('Next: look into the late at "Do T2" (low).');
    expect(summarize({ events: events.slice(0, 1) })).toMatch(/tasks done\.$/);
  });
});

describe("the facts of summarizeRun", () => {
  const factsOf = (given: Partial<RunFigures>) => summarizeRun(gather(given)).facts;

  it("are whole phrases, grouped where they may share a clause", () => {
    const [first] = SAMPLE_FACTS;

    expect(first === undefined ? [] : summarizeRun(first).facts).toEqual([
      {
        text: "Reduce Customer Onboarding Time completed after 73 minutes",
        group: "outcome",
        opensWithName: true,
      },
      { text: "3 of 3 tasks done", group: "outcome" },
      { text: "2 decisions by people", group: "outcome", about: "people" },
      { text: "1 escalation", group: "outcome" },
      {
        text: "Onboarding time is 3.1 days, off target (at most 2 days, from 5 days)",
        group: "kpis",
        opensWithName: true,
      },
      { text: "Steps is 3, on target (at most 5)", group: "kpis", opensWithName: true },
      { text: "people were waited for during 7 of 73 minutes", group: "time" },
      { text: 'most time was lost at "Verify documents": 7 minutes', group: "time" },
      { text: "next: bring Onboarding time to target" },
    ]);
  });

  it("have a failure and its reason in one, in a clause of its own", () => {
    const statuses = { T1: "failed", T2: "blocked", T3: "blocked" } as const;
    const rows = [aRow({ outcome: "rejected", decided_by: "ana", reason: "bad\n scan.  Again. " })];

    expect(factsOf({ statuses, rows }).slice(2, 4)).toEqual([
      { text: '"Do T1" was rejected by ana: bad scan. Again', opensWithName: true },
      { text: 'blocked: "Do T2", "Do T3"' },
    ]);
  });

  it("have three failures with their reasons, and the names of the others", () => {
    const four = aPlan({ T1: [], T2: [], T3: [], T4: [], T5: ["T4"] });
    const failed = { T1: "failed", T2: "failed", T3: "failed", T4: "failed" } as const;

    const known = { tasks: four, statuses: { ...failed, T5: "blocked" as const } };
    expect(
      factsOf(known)
        .slice(2)
        .map(({ text }) => text),
    ).toEqual([
      '"Do T1" was not done',
      '"Do T2" was not done',
      '"Do T3" was not done',
      'also not done: "Do T4"',
      'blocked: "Do T5"',
    ]);
    expect(factsOf({ statuses: { T2: "blocked" } }).slice(2)).toEqual([
      { text: 'blocked: "Do T2"' },
    ]);
  });

  it("make up the text, each as a sentence, whatever the run", () => {
    fc.assert(
      fc.property(factsArbitrary, (run) => {
        const { text, facts } = summarizeRun(run);
        const sentences = facts.map((_fact, position) => `{${position + 1}}.`);
        const together = facts.filter(({ group }) => group === "outcome").length;
        const [first, ...rest] = sentences.slice(0, together).map((each) => each.slice(0, -1));
        const outcome = rest.length === 0 ? `${first}.` : `${first}: ${rest.join(", ")}.`;

        expect(checkWording([outcome, ...sentences.slice(together)], facts)).toMatchObject({
          kind: "accepted",
        });
        for (const fact of facts) expect(text.toLowerCase()).toContain(fact.text.toLowerCase());
      }),
    );
  });
});

describe("buildRunReport", () => {
  it("names every figure of its summary in its data, whatever the run", () => {
    fc.assert(
      fc.property(factsArbitrary, (facts) => {
        const report = buildRunReport(facts);

        const known = figuresIn(report);
        for (const figure of report.executive_summary.match(FIGURE) ?? []) {
          expect(known).toContain(figure);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("says the same of the sample as of its data", () => {
    for (const report of SAMPLE_FACTS.map(buildRunReport)) {
      const known = figuresIn(report);
      for (const figure of report.executive_summary.match(FIGURE) ?? []) {
        expect(known).toContain(figure);
      }
    }
  });

  it("lets a rewording stand only for the very text that was reworded", () => {
    const rule_summary = buildRunReport(gather({})).rule_summary;
    const polish = { status: "used", reason: "" } as const;
    const summaryOf = (run: Partial<RunFigures["run"]>) =>
      buildRunReport(gather({ run: aRun(run) })).executive_summary;

    const reworded = { polish, rule_summary, executive_summary: "Reworded." };
    expect(summaryOf(reworded)).toBe("Reworded.");
    expect(summaryOf({ ...reworded, rule_summary: "Older." })).toBe(rule_summary);
    expect(summaryOf({ ...reworded, polish: { status: "refused", reason: "x" } })).toBe(
      rule_summary,
    );
  });
});

/** Numbers of a text; digits within a word, as ids have them, are none. */
const FIGURE = /(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g;

/** Every figure of the data that the summary is about: not of the texts made from it. */
function figuresIn(report: RunReport): ReadonlySet<string> {
  const { run, tasks: summaries, kpis, delay_ledger, what_to_fix, tasks_done, basis } = report;
  const { human_interventions, escalations } = run;
  const data = [
    tasks_done,
    report.tasks_skipped,
    summaries.length,
    human_interventions,
    escalations,
  ];
  const worked = Object.values(basis);
  const fixes = summaries.map(({ task_id }) =>
    what_to_fix
      .filter((fix) => fix.task_id === task_id)
      .reduce((sum, { minutes }) => Math.round((sum + minutes) * 100) / 100, 0),
  );
  const figures = kpis
    .flatMap(({ observed, baseline, target }) => [observed, baseline, target])
    .map((figure) => (figure === null ? null : Math.round(figure * 100) / 100));
  const { wall_clock_minutes, human_wait_minutes } = delay_ledger;
  const all = [...data, ...worked, ...fixes, ...figures, wall_clock_minutes, human_wait_minutes];
  return new Set(all.map(String));
}

/** Runs of any status with any rows, requests and observations. Names and reasons have no figures. */
const factsArbitrary = fc
  .record({
    plan: planArbitrary,
    rows: fc.array(rowArbitrary(), { maxLength: 6 }),
    status: fc.constantFrom("running", "awaiting_approval", "completed", "failed", "abandoned"),
    asked: fc.uniqueArray(fc.constantFrom("T1", "T2"), { maxLength: 2 }),
    askedAt: fc.integer({ min: -10, max: 90 }),
    end: fc.option(minutesArbitrary, { nil: undefined }),
    days: fc.option(minutesArbitrary, { nil: undefined }),
    late: fc.option(minutesArbitrary, { nil: undefined }),
    decisions: fc.nat({ max: 40 }),
    escalations: fc.nat({ max: 40 }),
    risks: fc.uniqueArray(fc.constantFrom("T1", "T2", "T9"), { maxLength: 3 }),
  })
  .map(({ plan, rows, status, asked, askedAt, end, days, late, risks, ...drawn }) => {
    const ordered = orderTasks(plan).ordered;
    const run = aRun({
      status,
      human_interventions: drawn.decisions,
      escalations: drawn.escalations,
      ...(end === undefined ? {} : { end_time: afterNoon(end), total_duration_minutes: end }),
      ...(days === undefined ? {} : { kpis: { days } }),
      ...(late === undefined ? {} : { kpis_recorded: { days: late } }),
    });
    const requests = asked.map((task_id) =>
      aRequest({ task_id, task: "Step", approval_request_time: afterNoon(askedAt) }),
    );
    const kpis = { target_days: 2, baseline_days: 5, min_csat: 3.5, max_steps: 4 };
    const record = aRecord({
      run,
      plan: aPlanOf(ordered, { kpis }),
      rows: rows.map((row) => ({ ...row, reason: "no reason", decided_by: "ana" })),
      requests,
      events: risks.map((task_id) => anEvent({ task_id })),
    });
    return measureRun(record, { now: afterNoon(60) });
  });
