import { describe, expect, it } from "vitest";

import { amend } from "../../src/model/amend.ts";

describe("amend", () => {
  it("changes and adds fields in a copy", () => {
    const run = { run_id: "R1", status: "running" };

    const ended = amend(run, { status: "completed", end_time: "2026-02-01T14:05:00Z" });

    expect(ended).toStrictEqual({
      run_id: "R1",
      status: "completed",
      end_time: "2026-02-01T14:05:00Z",
    });
    expect(run).toStrictEqual({ run_id: "R1", status: "running" });
  });
});
