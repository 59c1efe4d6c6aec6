import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RiskBasis } from "../../src/kpi/run-figures.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import { type RiskFinding, findRisks, kpisByType } from "../../src/risk/find-risks.ts";
import { type Assessment, CONDITION_GONE, updateEvents } from "../../src/risk/update-events.ts";
import { afterNoon } from "../kpi/histories.ts";
import { NOON, aRun } from "../support/builders.ts";
import { factsArbitrary, rulesArbitrary } from "./facts.ts";
import { toRiskRecord } from "./risk-record.ts";
import { SAMPLE_FACTS, SAMPLE_HISTORY } from "./sample.ts";

const now = afterNoon(90);

const anEvent = (fields: Partial<RiskEvent> = {}): RiskEvent => ({
  event_id: "RISK_001",
  run_id: "R1",
  mission_id: "M",
  task_id: "T1",
  risk_type: "risk",
  severity: "low",
  description: "Seen.",
  detected_at: NOON,
  status: "open",
  ...fields,
});

const aFinding = (fields: Partial<RiskFinding> = {}): RiskFinding => ({
  rule_id: "rule",
  risk_type: "risk",
  scope: "task",
  severity: "low",
  supersedes: [],
  task_id: "T1",
  description: "Something is wrong.",
  ...fields,
});

const aCompletedRun = (run_id: string, minutes: number, fields: Partial<MissionRun> = {}) =>
  aRun({ run_id, start_time: afterNoon(minutes), status: "completed", ...fields });

/** No rule rests on a KPI. */
const UNMEASURED = {
  kpisByType: new Map<string, readonly string[]>(),
  measured: new Set<string>(),
  runWide: new Set(["late", "slow"]),
  done: new Set(["T1", "T2"]),
};

/** What the default rules rest on, and what of it a run measured. */
const measuredIn = ({ kpis, rows }: Pick<RiskBasis, "kpis" | "rows">) => ({
  runWide: new Set(
    DEFAULT_POLICY.risk.rules.filter(({ scope }) => scope === "run").map((rule) => rule.risk_type),
  ),
  done: new Set(rows.map((row) => row.task_id)),
  kpisByType: kpisByType(DEFAULT_POLICY.risk.rules),
  measured: new Set(kpis.filter(({ observed }) => observed !== null).map(({ kpi }) => kpi)),
});

/** @param runs of the mission; of them the one that is looked at decides how it ended. */
const update = (
  events: readonly RiskEvent[],
  { runs, ...fields }: Partial<Assessment> & { runs?: readonly MissionRun[] } = {},
) => {
  const run = fields.run ?? aRun();
  const ruledTypes = new Set(["risk", "other"]);
  const known = toRiskRecord(run, { events, runs: runs ?? [run] });
  return updateEvents(known, { findings: [], ruledTypes, ...UNMEASURED, now, ...fields, run });
};

describe("an event about a run as a whole", () => {
  it("stays one event when the worst task changes", () => {
    const event = anEvent({ task_id: "T1" });
    const found = [aFinding({ task_id: "T2", scope: "run" })];

    expect(update([event], { findings: found })).toEqual([]);
    expect(update([event], { findings: [aFinding({ task_id: "T2" })] })).toHaveLength(2);
  });
});

/** The events with what an update wrote put in. */
const merge = (events: readonly RiskEvent[], written: readonly RiskEvent[]) => [
  ...new Map([...events, ...written].map((event) => [event.event_id, event])).values(),
];

describe("updateEvents", () => {
  it("raises an open event for what is new", () => {
    expect(update([], { findings: [aFinding({ severity: "high" })] })).toEqual([
      {
        event_id: "RISK_001",
        run_id: "R1",
        mission_id: "M",
        task_id: "T1",
        risk_type: "risk",
        severity: "high",
        description: "Something is wrong.",
        detected_at: now,
        status: "open",
        rule_id: "rule",
      },
    ]);
  });

  it.each([
    [
      ["RISK_001", "RISK_007", "RISK_003"],
      ["RISK_008", "RISK_009"],
    ],
    [["RISK_099"], ["RISK_100", "RISK_101"]],
    [["RISK_999"], ["RISK_1000", "RISK_1001"]],
    [
      ["MINE_500", "RISK_5x"],
      ["RISK_001", "RISK_002"],
    ],
  ])("goes on after the highest of %j", (known, expected) => {
    const events = known.map((event_id) => anEvent({ event_id, run_id: "R0", mission_id: "N" }));
    const findings = [aFinding(), aFinding({ task_id: "T2" })];

    expect(update(events, { findings }).map((event) => event.event_id)).toEqual(expected);
  });

  it.each(["open", "closed"] as const)("writes nothing for what is known and %s", (status) => {
    expect(update([anEvent({ status })], { findings: [aFinding({ severity: "high" })] })).toEqual(
      [],
    );
  });

  it.each([
    ["run", { run_id: "R0" }],
    ["task", { task_id: "T2" }],
    ["type", { risk_type: "foreign" }],
  ])("does not take an event of another %s for the same", (_what, fields) => {
    const events = [anEvent({ ...fields, status: "closed" })];

    expect(update(events, { findings: [aFinding()] })).toHaveLength(1);
  });

  it("closes an event whose condition is gone", () => {
    expect(update([anEvent()])).toEqual([
      {
        ...anEvent(),
        status: "closed",
        closed_at: now,
        closed_because: "The condition no longer holds.",
      },
    ]);
  });

  it("says what superseded an event", () => {
    const findings = [aFinding({ risk_type: "other", supersedes: ["risk"] })];

    const [raised, closed] = update([anEvent()], { findings });
    expect(raised).toMatchObject({ event_id: "RISK_002", risk_type: "other", status: "open" });
    expect(closed).toMatchObject({ event_id: "RISK_001", closed_because: "Superseded by other." });
  });

  it.each([
    ["another task", { task_id: "T2", supersedes: ["risk"] }],
    ["another type", { supersedes: ["third"] }],
  ])("does not say superseded of what stands for %s", (_what, fields) => {
    const findings = [aFinding({ risk_type: "other", ...fields })];

    expect(update([anEvent()], { findings }).at(-1)?.closed_because).toBe(
      "The condition no longer holds.",
    );
  });

  it("leaves events of other runs, other missions and unknown types to others", () => {
    const events = [
      anEvent({ event_id: "RISK_001", run_id: "R0" }),
      anEvent({ event_id: "RISK_002", run_id: "R8", mission_id: "N" }),
      anEvent({ event_id: "RISK_003", risk_type: "foreign" }),
    ];
    const runs = [aRun({ run_id: "R0" }), aRun()];

    expect(update(events, { runs })).toEqual([]);
  });

  it("leaves alone what is closed already", () => {
    expect(update([anEvent({ status: "closed", closed_at: NOON })])).toEqual([]);
  });

  describe("with a later run of the mission", () => {
    const later = aCompletedRun("R2", 10);
    const written = (event: RiskEvent, run: MissionRun, events = [event]) =>
      update(events, { run, runs: [aRun(), run] }).map(
        ({ event_id, status, closed_because }) => `${event_id} ${status}: ${closed_because}`,
      );

    it.each(["risk", "foreign"])("closes an event of type %s that it completed without", (type) => {
      expect(written(anEvent({ risk_type: type }), later)).toEqual([
        "RISK_001 closed: R2 completed without it.",
      ]);
    });

    it.each([
      ["has not completed", { status: "running" as const }],
      ["failed", { status: "failed" as const }],
      ["was cancelled", { status: "abandoned" as const }],
      ["started with it", { start_time: NOON }],
      ["started before it", { start_time: afterNoon(-1) }],
    ])("keeps an event while that run %s", (_what, fields) => {
      expect(written(anEvent(), { ...later, ...fields })).toEqual([]);
    });

    it("closes it a moment after the start of the first", () => {
      const next = { ...later, start_time: afterNoon(0.001) };

      expect(written(anEvent(), next)).toHaveLength(1);
    });

    it("keeps an event that the later run has too, at whatever task", () => {
      const events = [
        anEvent({ risk_type: "foreign" }),
        anEvent({ event_id: "RISK_002", run_id: "R2", task_id: "T2", risk_type: "foreign" }),
      ];

      expect(written(anEvent(), later, events)).toEqual([]);
    });

    it("closes an event although the later run has one of another type", () => {
      const other = anEvent({ event_id: "RISK_002", run_id: "R2", risk_type: "unruled" });

      expect(written(anEvent(), later, [anEvent(), other])).toEqual([
        "RISK_001 closed: R2 completed without it.",
      ]);
    });

    it("keeps an event that the later run has just raised", () => {
      const findings = [aFinding({ task_id: "T2" })];
      const assessment = { run: later, findings, runs: [aRun(), later] };

      expect(update([anEvent()], assessment).map((event) => event.status)).toEqual(["open"]);
    });

    it("closes it when a third run completed without", () => {
      const third = aCompletedRun("R3", 20);
      const events = [anEvent(), anEvent({ event_id: "RISK_002", run_id: "R2", task_id: "T2" })];
      const assessment = { run: third, runs: [third, later, aRun()] };

      expect(update(events, assessment).map(({ closed_because }) => closed_because)).toEqual([
        "R3 completed without it.",
        "R3 completed without it.",
      ]);
    });

    it("keeps an event whose own run is not known, or that is of another mission", () => {
      expect(written(anEvent({ run_id: "R0" }), later)).toEqual([]);
      expect(written(anEvent({ mission_id: "N" }), later)).toEqual([]);
    });

    it("closes at once what is found late in a run that another has followed", () => {
      const findings = [aFinding()];
      const run = aRun({ status: "completed" });
      const assessment = { run, findings, runs: [run, later] };

      expect(update([], assessment)).toMatchObject([
        { event_id: "RISK_001", status: "closed", closed_because: "R2 completed without it." },
      ]);
    });

    it("leaves open what is found in a run that still waits, whatever another has done", () => {
      const run = aRun({ status: "awaiting_approval" });
      const assessment = { run, findings: [aFinding()], runs: [run, later] };

      expect(update([], assessment)).toMatchObject([{ event_id: "RISK_001", status: "open" }]);
    });
  });

  describe("an event whose condition has come back", () => {
    const gone = anEvent({ status: "closed", closed_because: CONDITION_GONE });

    it("is a new one, which names the earlier one", () => {
      const written = update([gone], { findings: [aFinding()] });

      expect(written).toMatchObject([
        { event_id: "RISK_002", status: "open", recurrence_of: "RISK_001" },
      ]);
      expect(update(merge([gone], written), { findings: [aFinding()] })).toEqual([]);
    });

    it("is one that another risk stood for, too", () => {
      const event = anEvent({ status: "closed", closed_because: "Superseded by other." });

      expect(update([event], { findings: [aFinding()] })).toMatchObject([
        { recurrence_of: "RISK_001" },
      ]);
    });

    it.each(["Handled (ana).", "R2 completed without it.", undefined])(
      "is none where it was closed for another reason, as %s, and its condition was never gone",
      (closed_because) => {
        const event = { ...gone, closed_because };

        expect(update([event], { findings: [aFinding()] })).toEqual([]);
      },
    );
  });

  describe("a risk that rests on a KPI", () => {
    const rests = { kpisByType: new Map([["risk", ["csat"]]]) };
    const measured = new Set(["csat"]);
    const later = aCompletedRun("R2", 5);

    it("is not over in its own run because the KPI is not measured any more", () => {
      expect(update([anEvent()], { ...rests })).toEqual([]);
      expect(update([anEvent()], { ...rests, measured })).toMatchObject([{ status: "closed" }]);
    });

    it("is not over because a later run completed that did not measure it", () => {
      const runs = [aRun(), later];

      expect(update([anEvent()], { ...rests, run: later, runs })).toEqual([]);
      expect(update([anEvent()], { ...rests, run: later, runs, measured })).toMatchObject([
        { closed_because: "R2 completed without it." },
      ]);
    });
  });

  it("says of an open event of a run that ends what was found at its end", () => {
    const found = aFinding({ severity: "high", description: "It got worse.", rule_id: "rule" });
    const ended = aRun({ status: "failed" });
    const closed = anEvent({ event_id: "RISK_002", task_id: "T2", status: "closed" });

    const written = update([anEvent(), closed], {
      run: ended,
      findings: [found, { ...found, task_id: "T2" }],
    });

    expect(written).toEqual([
      anEvent({ severity: "high", description: "It got worse.", rule_id: "rule" }),
    ]);
    expect(update([anEvent()], { findings: [found] })).toEqual([]);
  });

  it("changes nothing on the sample, whose events are all recorded", () => {
    const ruledTypes = new Set(DEFAULT_POLICY.risk.rules.map((rule) => rule.risk_type));
    const written = SAMPLE_FACTS.flatMap((facts) =>
      updateEvents(toRiskRecord(facts.run, SAMPLE_HISTORY), {
        run: facts.run,
        findings: findRisks(facts, DEFAULT_POLICY.risk.rules),
        ruledTypes,
        ...measuredIn(facts),
        now,
      }),
    );

    expect(written).toEqual([]);
  });

  it("comes to the sample's events from none, and closes those that later runs were without", () => {
    const ruledTypes = new Set(DEFAULT_POLICY.risk.rules.map((rule) => rule.risk_type));
    const inOrder = SAMPLE_FACTS.toSorted((a, b) => (a.run.start_time < b.run.start_time ? -1 : 1));
    const events = inOrder.reduce<readonly RiskEvent[]>((known, facts, position) => {
      const runs = inOrder.slice(0, position + 1).map(({ run }) => run);
      const findings = findRisks(facts, DEFAULT_POLICY.risk.rules);
      const record = toRiskRecord(facts.run, { events: known, runs });
      return merge(
        known,
        updateEvents(record, { run: facts.run, findings, ruledTypes, ...measuredIn(facts), now }),
      );
    }, []);

    const short = ({ task_id, risk_type, closed_because }: RiskEvent) =>
      `${task_id} ${risk_type}: ${closed_because ?? "open"}`;
    expect(events.map(short)).toEqual([
      "T2 sla_breach_risk: RUN_2026_02_03_002 completed without it.",
      "T8 csat_risk: RUN_2026_02_03_007 completed without it.",
      "T8 resolution_time_breach: RUN_2026_02_03_007 completed without it.",
      "T4 task_overrun: open",
      "T5 approval_delay: open",
    ]);
  });

  it("changes nothing on its own result, reopens nothing and keeps ids apart", () => {
    const knownEvents = fc.uniqueArray(
      fc.record({
        number: fc.integer({ min: 1, max: 20 }),
        run_id: fc.constantFrom("R1", "R2", "R3"),
        task_id: fc.constantFrom("T1", "T2"),
        risk_type: fc.constantFrom("late", "slow", "bad", "foreign"),
        status: fc.constantFrom("open", "closed"),
        closed_because: fc.constantFrom(CONDITION_GONE, "Handled (ana)."),
      }),
      { selector: ({ number }) => number, maxLength: 6 },
    );
    fc.assert(
      fc.property(factsArbitrary, rulesArbitrary, knownEvents, ({ facts }, rules, known) => {
        const events = known.map(({ number, ...event }) =>
          anEvent({ ...event, event_id: `RISK_${String(number).padStart(3, "0")}` }),
        );
        const runs = [facts.run, aCompletedRun("R2", 5), aCompletedRun("R3", -5)];
        const assessment = {
          run: facts.run,
          findings: findRisks(facts, rules),
          ruledTypes: new Set(rules.map((rule) => rule.risk_type)),
          ...UNMEASURED,
          now,
        };
        const updated = (some: readonly RiskEvent[]) =>
          updateEvents(toRiskRecord(facts.run, { events: some, runs }), assessment);

        const after = merge(events, updated(events));
        expect(updated(after)).toEqual([]);
        for (const event of events.filter(({ status }) => status === "closed")) {
          expect(after).toContainEqual(event);
        }
        const open = after.filter((event) => event.status === "open" && event.run_id === "R1");
        const ruled = open.filter((event) => assessment.ruledTypes.has(event.risk_type));
        const isFound = ({ task_id, risk_type }: RiskEvent) =>
          assessment.findings.some(
            (found) =>
              found.risk_type === risk_type && (found.scope === "run" || found.task_id === task_id),
          );
        expect(ruled.filter((event) => !isFound(event))).toEqual([]);
      }),
    );
  });
});
