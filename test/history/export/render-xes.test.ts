import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildEventLog } from "../../../src/history/export/event-log.ts";
import { renderXes } from "../../../src/history/export/render-xes.ts";
import { toPlainText } from "../../../src/model/plain-text.ts";
import { NOON, aRow, aRun, aTask } from "../../support/builders.ts";
import {
  SAMPLE,
  SAMPLE_PLANS,
  aLog,
  findFaults,
  readEvents,
  textArbitrary,
  toXes,
} from "./logs.ts";

const sampleLog = buildEventLog(SAMPLE, SAMPLE_PLANS);

/** What XML has no place for is replaced too. */
const toShown = (text: string) => toPlainText(text).replaceAll(/[\uFFFE\uFFFF]/g, "\uFFFD");

describe("renderXes", () => {
  it("writes the sample as valid XES, with two events an activity", async () => {
    const xml = toXes(sampleLog);

    expect(await findFaults(xml)).toEqual([]);
    expect(xml.match(/<trace>/g)).toHaveLength(8);
    expect(readEvents(xml)).toHaveLength(60);
  });

  it("says of a run which it is, and of its events who did what and when", () => {
    const [first] = sampleLog;
    if (first === undefined) throw new Error("the sample has no runs");

    const xml = toXes([first]);

    expect(xml).toContain(
      [
        "  <trace>",
        '    <string key="concept:name" value="RUN_2026_02_01_001"/>',
        '    <string key="mission_id" value="M001"/>',
        '    <string key="status" value="completed"/>',
        "    <event>",
        '      <string key="concept:name" value="T1 Collect customer information"/>',
        '      <string key="lifecycle:transition" value="start"/>',
        '      <string key="org:resource" value="A1"/>',
        '      <date key="time:timestamp" value="2026-02-01T14:05:00Z"/>',
        '      <string key="outcome" value="completed"/>',
        '      <int key="attempt" value="1"/>',
        '      <float key="work_minutes" value="6"/>',
        '      <float key="human_delay_minutes" value="0"/>',
        '      <string key="mission_id" value="M001"/>',
        "    </event>",
      ].join("\n"),
    );
    expect(readEvents(xml).map(summarise)).toEqual([
      "14:05:00 T1 Collect customer information start A1",
      "14:11:00 T1 Collect customer information complete A1",
      "14:11:00 T2 Verify documents: approval start human",
      "14:18:00 T2 Verify documents: approval complete human",
      "14:18:00 T2 Verify documents start A2",
      "14:27:00 T2 Verify documents complete A2",
      "14:27:00 T3 Schedule onboarding call start A3",
      "14:31:00 T3 Schedule onboarding call complete A3",
    ]);
  });

  it("puts events that lie at one time in the order of their tasks, start before complete", () => {
    const none = { started_at: NOON, ended_at: NOON, actual_duration_minutes: 0 };
    const rows = [aRow({ ...none, task_id: "T2" }), aRow({ ...none, decision: "approve" })];

    expect(readEvents(toXes(aLog({ rows }))).map(summarise)).toEqual([
      "12:00:00 T1: approval start human",
      "12:00:00 T1: approval complete human",
      "12:00:00 T1 start A1",
      "12:00:00 T1 complete A1",
      "12:00:00 T2 start A1",
      "12:00:00 T2 complete A1",
    ]);
  });

  it("mixes the events of tasks that run side by side", () => {
    const rows = [
      aRow({ ended_at: "2026-11-22T12:09:00Z" }),
      aRow({ task_id: "T2", started_at: "2026-11-22T12:01:00Z", ended_at: "2026-11-22T12:02:00Z" }),
    ];

    expect(readEvents(toXes(aLog({ rows }))).map(summarise)).toEqual([
      "12:00:00 T1 start A1",
      "12:01:00 T2 start A1",
      "12:02:00 T2 complete A1",
      "12:09:00 T1 complete A1",
    ]);
  });

  it("stays valid XES, and readable, whatever tasks and people are called", async () => {
    const pair = fc.record({ task: textArbitrary, decided_by: textArbitrary });
    const decided = { decision: "approve", human_delay_minutes: 2 } as const;

    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 9 }), async (pairs) => {
        const tasks = pairs.map(({ task }, position) => aTask({ task_id: `T${position}`, task }));
        const rows = pairs.map(({ decided_by }, position) =>
          aRow({ ...decided, decided_by, task_id: `T${position}` }),
        );

        const xml = toXes(aLog({ tasks, rows }));

        const shown = readEvents(xml).map((event) => event["concept:name"]);
        const people = readEvents(xml).map((event) => event["org:resource"]);
        expect(await findFaults(xml)).toEqual([]);
        for (const [position, { task, decided_by }] of pairs.entries()) {
          expect(shown).toContain(toShown(`T${position} ${task}`));
          expect(people).toContain(toShown(decided_by));
        }
      }),
      { numRuns: 12 },
    );
  });

  it("is valid XES for no runs, and for a run in which nothing happened", async () => {
    expect(await findFaults(toXes([]))).toEqual([]);
    expect(await findFaults(toXes(aLog({ rows: [] })))).toEqual([]);
  });

  it("writes 20,000 runs in as many pieces, with a head and a foot", () => {
    const runs = Array.from({ length: 20_000 }, (_, position) => aRun({ run_id: `R${position}` }));
    const rows = runs.map(({ run_id }) => aRow({ run_id }));
    let pieces = 0;

    for (const piece of renderXes(buildEventLog({ runs, rows }, [])))
      pieces += piece === "" ? 0 : 1;

    expect(pieces).toBe(20_002);
  });
});

describe("the schema", () => {
  it.each([
    ["an unknown element", "<trace>", "<trace><case/>"],
    ["a time that is none", "2026-02-01T14:05:00Z", "yesterday"],
    ["attributes after events", "</trace>", '<string key="a" value="b"/></trace>'],
    ["a key that is no name", 'key="outcome"', 'key="out come"'],
    ["a broken document", "</log>", ""],
  ])("refuses %s", async (_, from, to) => {
    expect(await findFaults(toXes(sampleLog).replace(from, to))).not.toEqual([]);
  });
});

function summarise(event: Readonly<Record<string, string>>): string {
  const at = event["time:timestamp"]?.slice(11, 19) ?? "";
  return [at, event["concept:name"], event["lifecycle:transition"], event["org:resource"]].join(
    " ",
  );
}
