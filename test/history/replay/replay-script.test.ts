import { describe, expect, it } from "vitest";

import { recallDecision, writeScript } from "../../../src/history/replay/replay-script.ts";
import type { RunRecord } from "../../../src/model/run-record.ts";
import { afterNoon } from "../../kpi/histories.ts";
import { aPlan, aPlanOf, aRecord, aRequest, aRow, aRun, anAgent } from "../../support/builders.ts";

const plan = aPlanOf(aPlan({ T1: [], T2: ["T1"] }), {
  agents: [anAgent(), anAgent({ agent_id: "A2" })],
  capable: { T1: ["A1", "A2"], T2: ["A1", "A2"] },
  kpis: { target_days: 2, baseline_days: 5, max_steps: 5 },
});

const ended = aRun({ status: "completed" });

/** The script of an ended run with one row, or why there is none. */
const write = (fields: Partial<RunRecord> = {}) =>
  writeScript(aRecord({ run: ended, plan, rows: [aRow()], ...fields }));

const scriptOf = (fields: Partial<RunRecord> = {}) => {
  const written = write(fields);
  if ("reason" in written) throw new Error(written.reason);
  return written.script;
};

describe("writeScript", () => {
  it.each([
    ["has not ended", { run: aRun() }, "it has not ended (running)"],
    [
      "waits",
      { run: aRun({ status: "awaiting_approval" }) },
      "it has not ended (awaiting_approval)",
    ],
    ["was cancelled", { run: aRun({ status: "abandoned" }) }, "a person cancelled it"],
    ["did nothing", { rows: [] }, "it has no rows"],
    ["has no plan", { plan: { ...plan, tasks: [] } }, "mission M is not there any more"],
    [
      "did a task that is gone",
      { rows: [aRow(), aRow({ task_id: "T9" })] },
      "the plan has no task T9 any more",
    ],
    [
      "had an agent that is gone",
      { rows: [aRow({ agent_id: "A9" })] },
      "agent A9 is not registered any more",
    ],
  ])("says why a run cannot be replayed that %s", (_what, fields, reason) => {
    expect(write(fields)).toEqual({ reason });
  });

  it("replays a run that failed", () => {
    expect(write({ run: aRun({ status: "failed" }) })).toHaveProperty("script");
  });

  it("ranks the agents of each task as they worked, of a task nobody worked on those able to", () => {
    const rows = [
      aRow({ attempt: 3, agent_id: "A1" }),
      aRow({ attempt: 2, agent_id: "A2" }),
      aRow({ attempt: undefined, agent_id: "A2" }),
    ];

    const { routes, evidence } = scriptOf({ rows }).routing;

    const agents = Object.entries(routes).map(([id, list]) => [
      id,
      list.map((one) => one.agent_id),
    ]);
    expect(Object.fromEntries(agents)).toEqual({ T1: ["A2", "A1"], T2: ["A1", "A2"] });
    expect(evidence).toEqual([]);
  });

  it("knows at the start what was observed for the mission's KPIs, but what is counted", () => {
    const run = { ...ended, kpis: { days: 3, steps: 4, other: 1 } };

    expect(scriptOf({ run }).known).toEqual({ days: 3 });
    expect(scriptOf().known).toEqual({});
  });
});

describe("recallDecision", () => {
  const asked = aRequest({ approval_request_time: afterNoon(30) });
  const recall = (fields: Partial<RunRecord>) =>
    recallDecision(asked, aRecord({ run: ended, plan, ...fields }));

  it("answers as was answered then, as long after it was asked", () => {
    const request = aRequest({
      status: "decided",
      decision: "edit",
      decided_by: "ana",
      decided_at: afterNoon(7),
      reason: "Shorter",
      edits: { instruction: "Do less" },
      source: "cli",
    });

    expect(recall({ requests: [request] })).toEqual({
      run_id: "R1",
      approval_id: "APR-R1-T1-1",
      decision: "edit",
      decided_by: "ana",
      decided_at: afterNoon(37),
      reason: "Shorter",
      edits: { instruction: "Do less" },
      source: "cli",
    });
  });

  it.each([
    [{ decision: "approve" as const, decided_by: "ana" }, "approve", "ana"],
    [{ outcome: "approved" as const }, "approve", "unknown"],
    [{ outcome: "rejected" as const }, "reject", "unknown"],
  ])("reads %j from a row where no request is kept", (fields, decision, decided_by) => {
    const row = aRow({ human_approval_required: true, human_delay_minutes: 4, ...fields });

    expect(recall({ rows: [aRow({ task_id: "T2" }), row] })).toMatchObject({
      decision,
      decided_by,
      decided_at: afterNoon(34),
    });
  });

  it("has no answer where nobody gave one", () => {
    expect(recall({})).toBeUndefined();
    expect(recall({ rows: [aRow()] })).toBeUndefined();
    expect(recall({ requests: [aRequest({ status: "void" })] })).toBeUndefined();
    const other = aRow({ human_approval_required: true, attempt: 2 });
    expect(recall({ rows: [other] })).toBeUndefined();
  });
});
