import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { DEFAULT_RISK_RULES } from "../../src/model/risk-rules.ts";
import { cli } from "../support/command-line.ts";
import {
  aFolder,
  aWorkspace,
  readDocument,
  readRecorded,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

const SEED_RUN = "RUN_2026_02_01_006";

/** A workspace whose policy has one rule changed. */
function withRule(change: object): string {
  const workspace = aWorkspace();
  const [first] = DEFAULT_RISK_RULES;
  writeDocument(workspace, "policy", { risk: { rules: [{ ...first, ...change }] } });
  return workspace;
}

describe("risks", () => {
  it("lists events, open ones alone with --open, and closes one by name", async () => {
    const workspace = aWorkspace();
    const waiting = JSON.parse((await cli(workspace, "--json", "run", "M001")).stdout);
    await cli(workspace, "reject", waiting.run_id, "T2", "--reason", "fraud", "--by", "ana");

    const all = JSON.parse((await cli(workspace, "--json", "risks")).stdout);
    const open = JSON.parse((await cli(workspace, "--json", "risks", "--open")).stdout);
    const args = ["risks", "close", "RISK_006", "--reason", "settled", "--by", "ana"];
    const closed = await cli(workspace, ...args);
    const again = await cli(workspace, ...args);

    expect(all).toHaveLength(6);
    expect(open).toMatchObject([{ event_id: "RISK_006", risk_type: "task_failure" }]);
    expect(closed).toMatchObject({ code: 0, stdout: "RISK_006 is closed: settled\n" });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("EVENT_CLOSED");
    expect((await cli(workspace, "risks", "--open")).stdout).toBe("No risk event is open.\n");
  });
});

describe("watch", () => {
  it("sweeps twice with the same result, and exits with 0", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "run", "M001");
    tamper(
      workspace,
      `UPDATE approvals SET asked_ms = 0, due_ms = 1, record = json_set(record,
        '$.approval_request_time', '2026-11-01T00:00:00Z', '$.due_at', '2026-11-01T00:05:00Z')`,
    );

    const first = await cli(workspace, "watch");
    const second = await cli(workspace, "--json", "watch");

    expect(first.code).toBe(0);
    expect(first.stdout).toContain("1 run under way, 1 overdue, 1 risk event changed.");
    expect(JSON.parse(second.stdout)).toMatchObject({ runs: 1, changed: [] });
    expect(readRecorded(workspace, "mission_risk_events")).toHaveLength(6);
  });
});

describe("kpi", () => {
  it("records figures that arrive late", async () => {
    const workspace = aWorkspace();

    const { code, stdout } = await cli(workspace, "kpi", SEED_RUN, "csat=4.4");

    expect(code).toBe(0);
    expect(stdout).toMatch(/Csat +4\.4 +– +≥ 4 .*on target/);
    expect(readRecorded(workspace, "mission_runs")[5]).toMatchObject({
      kpis: { csat: 4.4, resolution_time_hours: 5.2 },
      kpis_recorded: { csat: 4.4 },
    });
    expect(existsSync(join(workspace, "reports", `${SEED_RUN}.md`))).toBe(true);
  });

  it.each([
    ["csat=NaN"],
    ["resolution_time_hours=-1"],
    ["csat=good"],
    ["csat="],
    ["nps=3"],
    ["steps=3"],
    ["csat"],
  ])("refuses %s with the list of what is known, and writes nothing", async (figure) => {
    const workspace = aWorkspace();
    const before = readDocument(workspace, "mission_runs");

    const { code, stderr } = await cli(workspace, "kpi", SEED_RUN, figure);

    expect(code).toBe(2);
    expect(stderr).toMatch(/resolution_time_hours, csat|NAME=VALUE|is a time/);
    expect(readDocument(workspace, "mission_runs")).toEqual(before);
    expect(JSON.parse((await cli(workspace, "--json", "runs")).stdout)).toEqual(before);
  });
});

describe("report and portfolio", () => {
  it("print Markdown, or the same as data", async () => {
    const workspace = aWorkspace();
    const before = readDocument(workspace, "mission_portfolio_snapshot");

    const report = await cli(workspace, "report", SEED_RUN);
    const data = JSON.parse((await cli(workspace, "--json", "report", SEED_RUN)).stdout);
    const portfolio = await cli(workspace, "portfolio", "--date", "2026-02-04");

    expect(report.stdout).toContain("## What to do next");
    expect(data).toMatchObject({
      run_id: SEED_RUN,
      kpis: [{ status: "miss" }, { kpi: "csat", status: "miss", light: "yellow" }],
    });
    expect(portfolio.stdout).toContain("🔴 Risk: HIGH**");
    // Looking changes nothing.
    expect(readRecorded(workspace, "mission_portfolio_snapshot")).toEqual(before);
    expect(existsSync(join(workspace, "reports"))).toBe(false);
  });

  it("keep a snapshot when asked to, in place of an earlier one", async () => {
    const workspace = aWorkspace();
    const args = ["portfolio", "--date", "2026-02-03", "--period", "week", "--save"];

    await cli(workspace, ...args);
    await cli(workspace, ...args);

    const snapshots = readRecorded(workspace, "mission_portfolio_snapshot");
    const weeks = snapshots.filter((snapshot) => snapshot["period"] === "week");
    expect(weeks).toMatchObject([{ snapshot_date: "2026-02-03" }]);
  });

  it("write self-contained pages", async () => {
    const workspace = aWorkspace();
    const [run, board] = [join(aFolder(), "run.html"), join(aFolder(), "board.html")];

    await cli(workspace, "report", SEED_RUN, "--html", run);
    await cli(workspace, "portfolio", "--date", "2026-02-04", "--html", board);

    expect(readFileSync(run, "utf8")).toContain("Improve Support Case Resolution");
    expect(readFileSync(board, "utf8")).toMatch(/<svg/);
  });

  it.each([
    [["report", "RUN_NONE"], "UNKNOWN_RUN"],
    [["portfolio", "--date", "yesterday"], 'BAD_INPUT: "yesterday" is no date'],
    [["portfolio", "--period", "month"], "USAGE"],
  ])("refuse %j", async (args, message) => {
    const { code, stderr } = await cli(aWorkspace(), ...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("a policy with bad rules", () => {
  const condition = (metric: string, value: number) => ({
    when: { all: [{ metric, op: ">=", value }] },
  });

  it.each([
    ["an unknown metric", condition("task.speed", 1), "UNKNOWN_METRIC", "run.escalations"],
    ["a KPI no mission has", condition("kpi.nps.value", 1), "UNKNOWN_KPI", "csat"],
    ["an impossible threshold", condition("task.attempts", -1), "IMPOSSIBLE_THRESHOLD", "always"],
    ["a severity that is none", { severity: "grave" }, "WRONG_FIELD", "severity"],
  ])("with %s is refused by validate and by run, before anything is written", async (...row) => {
    const [, change, code, words] = row;
    const workspace = withRule(change);

    const validated = await cli(workspace, "validate");
    const run = await cli(workspace, "run", "M001");

    expect(validated.code).toBe(2);
    expect(validated.stdout).toContain(code);
    expect(validated.stdout).toContain(words);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("BAD_DOCUMENT");
    expect(existsSync(join(workspace, ".mission-control"))).toBe(false);
  });

  it("with a duplicate rule id is refused", async () => {
    const workspace = aWorkspace();
    const [first] = DEFAULT_RISK_RULES;
    writeDocument(workspace, "policy", { risk: { rules: [first, first] } });

    expect((await cli(workspace, "validate")).stdout).toContain("DUPLICATE_RULE");
  });
});
