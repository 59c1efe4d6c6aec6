import { describe, expect, it } from "vitest";

import { escapeMarkdown, markdownTable } from "../../src/reporting/markdown.ts";
import { buildRunReport } from "../../src/reporting/run-report.ts";
import { aRequest, aRow, aRun, aTask } from "../support/builders.ts";

const facts = {
  mission: { mission_id: "M", mission_name: "Mission" },
  run: aRun({ status: "completed", total_duration_minutes: 5 }),
  tasks: [aTask()],
  statuses: { T1: "completed" as const },
  rows: [aRow()],
  requests: [],
  risks: [],
};

describe("buildRunReport", () => {
  it("shows text from data and never interprets it", () => {
    const name = "<script>alert(1)</script> | [x](http://y) `z`";
    const report = buildRunReport({ ...facts, mission: { mission_id: "M", mission_name: name } });

    expect(report).not.toContain("<script>");
    expect(report).toContain("&lt;script&gt;alert(1)&lt;/script&gt; \\| \\[x\\](http://y) \\`z\\`");
  });

  it("says honestly what a waiting run waits for", () => {
    const report = buildRunReport({
      ...facts,
      run: aRun({ status: "awaiting_approval" }),
      statuses: { T1: "awaiting_approval" },
      rows: [],
      requests: [aRequest()],
    });

    expect(report).toContain("Mission (M) waits for a person: 0 of 1 task done");
    expect(report).toContain("Next: decide T1 (Do T1).");
  });

  it("says who cancelled a run, and why", () => {
    const run = aRun({ status: "abandoned", ended_reason: "duplicate (ana)" });

    expect(buildRunReport({ ...facts, run })).toContain(
      "was cancelled: 1 of 1 task done, 0 decisions by people, 0 escalations. Reason: duplicate (ana).",
    );
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
    expect(markdownTable(["A"], [])).toBe("");
    expect(markdownTable(["A", "B"], [["one\ntwo", "x|y"]]).split("\n")[2]).toBe(
      "| one two | x\\|y |",
    );
  });
});
