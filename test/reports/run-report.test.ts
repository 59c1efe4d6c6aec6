import { describe, expect, it } from "vitest";

import { measureRun } from "../../src/kpi/run-figures.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { escapeMarkdown, markdownTable } from "../../src/reports/markdown.ts";
import { renderRunReport } from "../../src/reports/render-run-report.ts";
import { buildRunReport } from "../../src/reports/run-report.ts";
import { NOON, aPlanOf, aRecord, aRequest, aRow, aRun, aTask } from "../support/builders.ts";

const ended = { end_time: "2026-11-22T12:05:00Z", total_duration_minutes: 5 };

/** The report of a run of one task. */
function reportOf(fields: Partial<RunRecord>, mission_name = "Mission") {
  const plan = aPlanOf([aTask()], { mission: { mission_id: "M", mission_name } });
  const run = aRun({ status: "completed", ...ended });
  return buildRunReport(
    measureRun(aRecord({ run, plan, rows: [aRow()], ...fields }), { now: NOON }),
  );
}

describe("renderRunReport", () => {
  it("shows text from data and never interprets it", () => {
    const name = "<script>alert(1)</script> | [x](http://y) `z`";
    const report = renderRunReport(reportOf({}, name));

    expect(report).not.toContain("<script>");
    expect(report).toContain("&lt;script&gt;alert(1)&lt;/script&gt; \\| \\[x\\](http://y) \\`z\\`");
  });

  it("says honestly what a waiting run waits for", () => {
    const { executive_summary } = reportOf({
      run: aRun({ status: "awaiting_approval" }),
      rows: [],
      requests: [aRequest()],
    });

    expect(executive_summary).toContain("Mission waits for a person: 0 of 1 task done");
    expect(executive_summary).toContain('Next: decide "Do T1".');
  });

  it("says who cancelled a run, and why", () => {
    const run = aRun({ status: "abandoned", ended_reason: "duplicate (ana)" });

    expect(reportOf({ run }).executive_summary).toContain(
      "was cancelled: 1 of 1 task done; reason for cancelling: duplicate (ana).",
    );
  });

  it("sets recomputed figures beside the recorded ones", () => {
    const run = aRun({ status: "completed", ...ended, total_duration_minutes: 9, escalations: 2 });
    const differing = reportOf({ run }).reconciliation.filter(({ agrees }) => !agrees);

    expect(differing).toEqual([
      { figure: "total_duration_minutes", recorded: 9, recomputed: 5, agrees: false },
      { figure: "end_time − start_time", recorded: 9, recomputed: 5, agrees: false },
      { figure: "escalations", recorded: 2, recomputed: 0, agrees: false },
    ]);
    expect(reportOf({}).reconciliation.every(({ agrees }) => agrees)).toBe(true);
  });

  it("shows a rewording only as long as it rewords the same text", () => {
    const { rule_summary } = reportOf({});
    const polish = { status: "used" as const, reason: "" };
    const run = aRun({ status: "completed", ...ended, executive_summary: "Reworded.", polish });

    const fits = reportOf({ run: { ...run, rule_summary } });
    const outdated = reportOf({ run: { ...run, rule_summary: "Something else." } });

    expect(fits.executive_summary).toBe("Reworded.");
    expect(renderRunReport(fits)).toContain(`As made by rules: ${escapeMarkdown(rule_summary)}`);
    expect(outdated.executive_summary).toBe(rule_summary);
  });
});

describe("escapeMarkdown", () => {
  it("leaves ids as they are", () => {
    expect(escapeMarkdown("RUN_2026_11_22_009")).toBe("RUN_2026_11_22_009");
    expect(escapeMarkdown("_emphasis_ *strong*")).toBe("\\_emphasis\\_ \\*strong\\*");
  });
});

describe("markdownTable", () => {
  it("is empty without rows, and keeps a cell in its row", () => {
    expect(markdownTable({ header: ["A"], rows: [] })).toBe("");
    const rows = [["one\ntwo", "x|y"]];
    expect(markdownTable({ header: ["A", "B"], rows }).split("\n")[2]).toBe("| one two | x\\|y |");
  });
});
