/** What only a person at a terminal meets. */

import { describe, expect, it } from "vitest";

import { cli, runCli } from "../support/command-line.ts";
import { atTerminal } from "../support/terminal.ts";
import { aWorkspace, readRecorded } from "../support/workspace.ts";

describe("at a terminal", () => {
  it("asks the approver in place", async () => {
    const workspace = aWorkspace();

    // Return takes the first choice, Approve.
    const output = await atTerminal(`--workspace ${workspace} run M001 --by ana`, [
      { when: "Decide later", press: "\r" },
    ]);

    expect(output).toContain('May A2 do "Verify documents"?');
    expect(output).toMatch(/completed/);
    expect(readRecorded(workspace, "approval_requests")).toMatchObject([
      { decided_by: "ana", source: "cli" },
    ]);
  });

  it("asks in place when a run is resumed", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "run", "M001");

    const output = await atTerminal(`--workspace ${workspace} resume latest --by ana`, [
      { when: "Decide later", press: "\r" },
    ]);

    expect(output).toMatch(/completed/);
    expect(readRecorded(workspace, "approval_requests")).toMatchObject([{ decided_by: "ana" }]);
  });

  it("warns before a rejection after which nobody is left, and takes no for an answer", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "run", "M001");
    const reject = `--workspace ${workspace} reject latest T2 --reason blurred --by ana`;

    const thought = await atTerminal(reject, [{ when: "Reject it?", press: "\r" }]);
    const before = readRecorded(workspace, "approval_requests");
    const meant = await atTerminal(reject, [{ when: "Reject it?", press: "y" }]);

    expect(thought).toContain('Nobody else can do "Verify documents"');
    expect(thought).toContain("Nothing was decided.");
    expect(before).toMatchObject([{ status: "pending", last_chance: true }]);
    expect(meant).toMatch(/failed/);
    expect(readRecorded(workspace, "approval_requests")).toMatchObject([{ decision: "reject" }]);
  });

  it("shows portfolio and report as pages that fit, and Markdown into a pipe", async () => {
    const workspace = aWorkspace();

    const board = await atTerminal(`--workspace ${workspace} portfolio --date 2026-02-06`, []);
    const report = await atTerminal(`--workspace ${workspace} report RUN_2026_02_06_008`, []);
    const piped = await cli(workspace, "portfolio", "--date", "2026-02-06");

    expect(board).toContain("Headline figures");
    expect(report).toContain("Where the time went");
    for (const page of [board, report]) {
      expect(page).not.toMatch(/^(?:#|\|)/mu);
      expect(Math.max(...page.split(/\r?\n/u).map(visibleLength))).toBeLessThanOrEqual(80);
    }
    expect(piped.stdout).toMatch(/^# Portfolio, 2026-02-06/u);
  });
});

describe("a failed task", () => {
  it("is tried again by its command, which asks where it has to", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "run", "M001");
    await cli(workspace, "reject", "latest", "T2", "--reason", "blurred", "--by", "ana");

    const retry = ["retry", "latest", "T2", "--reason", "new scan", "--by", "ben"];
    const retried = await cli(workspace, ...retry);
    const wrong = await cli(workspace, "retry", "latest", "T2", "--by", "ben");
    const approved = await cli(workspace, "approve", "latest", "--by", "ana");

    expect(retried).toMatchObject({ code: 3 });
    expect(retried.stdout).toContain("Before: new scan.");
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain("has not failed: it is awaiting_approval");
    expect(approved).toMatchObject({ code: 0 });
  });
});

describe("colour", () => {
  it.each([
    [{}, true],
    [{ NO_COLOR: "1" }, false],
    [{ FORCE_COLOR: "0" }, false],
    [{ NODE_DISABLE_COLORS: "1" }, false],
    [{ TERM: "dumb" }, false],
  ])("is on a terminal what people want: %j", async (environment, isColoured) => {
    const workspace = aWorkspace();

    const output = await atTerminal(
      `--workspace ${workspace} show RUN_2026_02_01_001`,
      [],
      environment,
    );

    expect(output).toContain("completed");
    expect(output.includes("\u001B[")).toBe(isColoured);
  });
});

describe("for people who read what was printed", () => {
  it("repeats the global options in what it says to type", async () => {
    const workspace = aWorkspace();

    const { stdout } = await runCli([
      "--workspace",
      workspace,
      "--store",
      workspace,
      "run",
      "M001",
    ]);

    const typed = `mission-control --workspace ${workspace} --store ${workspace}`;
    expect(stdout).toContain(`${typed} approve `);
    expect(stdout).toMatch(/edit \S+ T2 --set 'instruction=new value'/u);
    expect(stdout).not.toContain(" skip ");
  });

  it("says what an edit changed, and warns of a rejection that ends the run", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "run", "M001");
    await cli(workspace, "edit", "latest", "T2", "--set", "instruction=Look twice", "--by", "ana");

    const shown = await cli(workspace, "show", "latest");
    await cli(workspace, "run", "M001");
    const rejected = await cli(
      workspace,
      "reject",
      "latest",
      "T2",
      "--reason",
      "no",
      "--by",
      "ana",
    );

    expect(shown.stdout).toContain("instruction: Verify documents → Look twice");
    expect(rejected.stderr).toContain('Nobody else can do "Verify documents"');
    expect(rejected.code).toBe(1);
  });
});

/** Characters that take room: without colours. */
function visibleLength(line: string): number {
  // eslint-disable-next-line no-control-regex
  return line.replaceAll(/\u001B\[[0-9;]*m/gu, "").length;
}
