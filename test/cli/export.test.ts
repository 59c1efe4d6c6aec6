import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { findFaults, parseCsv, readEvents } from "../history/export/logs.ts";
import { cli } from "../support/command-line.ts";
import { aFolder, aWorkspace } from "../support/workspace.ts";

describe("export", () => {
  it("prints the log, and nothing else", async () => {
    const workspace = aWorkspace();

    const xes = await cli(workspace, "export", "--format", "xes");
    const csv = await cli(workspace, "export", "--format", "csv");

    expect([xes.code, csv.code]).toEqual([0, 0]);
    expect(await findFaults(xes.stdout)).toEqual([]);
    expect(readEvents(xes.stdout)).toHaveLength(60);
    expect(parseCsv(csv.stdout)).toHaveLength(31);
    expect(csv.stdout.endsWith("\r\n")).toBe(true);
  });

  it("writes the same to a file, making its folder", async () => {
    const workspace = aWorkspace();
    const file = join(aFolder(), "logs", "all.xes");

    const { code, stdout } = await cli(workspace, "export", "--format", "xes", "--out", file);

    const printed = await cli(workspace, "export", "--format", "xes");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Wrote ${file}: 60 events.\n` });
    expect(readFileSync(file, "utf8")).toBe(printed.stdout);
  });

  it("is one JSON value with --json", async () => {
    const workspace = aWorkspace();
    const file = join(aFolder(), "all.csv");

    const printed = await cli(workspace, "--json", "export", "--format", "csv");
    const kept = await cli(workspace, "--json", "export", "--format", "csv", "--out", file);

    expect(JSON.parse(printed.stdout)).toEqual({
      format: "csv",
      content: readFileSync(file, "utf8"),
    });
    expect(JSON.parse(kept.stdout)).toEqual({ file, format: "csv", events: 60 });
  });

  it.each([
    [["--format", "mxml"], "USAGE: --format is one of xes, csv, json."],
    [["--format", "json", "--out", ""], "USAGE: --out is empty: name a place."],
    [[], "USAGE"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await cli(aWorkspace(), "export", ...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
