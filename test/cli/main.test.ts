/** The built command as its users have it: a process, and what only a process meets. */

import { chmodSync, cpSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { aWaitingRun } from "../support/command-line.ts";
import { runBuiltCli, runProcess } from "../support/processes.ts";
import {
  aFolder,
  aWorkspace,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const NOBODY = 65_534;
/** Runs the program, and tells last which files it has read. */
const LISTED = `process.on("exit", () => process.stderr.write(JSON.stringify(Object.keys(require.cache))));
require("./dist/bin/main.js");`;
/** A start is mostly reading and compiling: the bytes of our own files that a look may load. */
const MOST_LOADED = 430_000;
const cli = (workspace: string, ...args: string[]) =>
  runBuiltCli(["--workspace", workspace, ...args]);

describe("the built command", () => {
  it("makes a workspace on the first run, stops with 3 and says what to type next", async () => {
    const cwd = aFolder();

    const { code, stdout, stderr } = await runBuiltCli(["run", "M001"], { cwd });

    expect(code).toBe(3);
    expect(stderr).toContain("Made the workspace");
    expect(stdout).toMatch(/✓ T1 Collect customer information: completed/);
    expect(stdout).toMatch(/mission-control approve RUN_\d{4}_\d\d_\d\d_009 T2/);
    expect(existsSync(join(cwd, "workspace", "mission_runs.json"))).toBe(true);
  });

  it.each(["runs", "approvals"])("loads what it needs for %s, and no more", async (command) => {
    const workspace = aWorkspace();
    // The first command makes the database, of what the documents say.
    await cli(workspace, command);
    const words = ["--", "main.js", "--workspace", workspace, command];

    const { code, stderr } = await runProcess(process.execPath, ["-e", LISTED, ...words]);

    const files: readonly string[] = JSON.parse(stderr);
    const own = files.filter((file) => file.includes("/dist/bin/"));
    expect(code).toBe(0);
    expect(own.length).toBeGreaterThan(1);
    expect(own.map((file) => statSync(file).size).reduce((a, b) => a + b)).toBeLessThan(
      MOST_LOADED,
    );
  });

  it("has all that it printed read before it ends, however slow the reader is", async () => {
    const workspace = aWorkspace();
    const [run = {}] = readDocument(workspace, "mission_runs");
    const runs = Array.from({ length: 2000 }, (_, n) => ({ ...run, run_id: `RUN_${n}` }));
    writeDocument(workspace, "mission_runs", runs);

    const { stdout } = await cli(workspace, "--json", "runs");

    expect(JSON.parse(stdout)).toHaveLength(2000);
  });

  it("fails when its output cannot be written, but does the work", async () => {
    const workspace = aWorkspace();
    const toFull = (command: string) =>
      runProcess("sh", [
        "-c",
        `node dist/bin/main.js --workspace ${workspace} ${command} > /dev/full`,
      ]);

    const ended = [await toFull("run M001")];
    for (const command of ["runs", "--json runs", "export --format csv", "export --format xes"]) {
      ended.push(await toFull(command));
    }

    const stderr = "The output could not be written: ENOSPC: no space left on device, write\n";
    expect(ended).toEqual(ended.map(() => ({ code: 1, stdout: "", stderr })));
    expect(readRecorded(workspace, "approval_requests")).toHaveLength(1);
  });

  it("prints one JSON value and nothing else with --json", async () => {
    const { workspace, runId } = await aWaitingRun();

    const { stdout, stderr, code } = await cli(
      workspace,
      "--json",
      "approve",
      runId,
      "--by",
      "ana",
    );

    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      run_id: runId,
      status: "completed",
      pending_approvals: [],
    });
  });

  it.runIf(process.getuid?.() === 0)(
    "reads a read-only folder, and says why it cannot write there",
    async () => {
      const workspace = aWorkspace();
      // The code and the folder above must be readable by the other user.
      const open = aFolder();
      cpSync(workspace, join(open, "workspace"), { recursive: true });
      for (const path of [open, join(open, "workspace")]) chmodSync(path, 0o555);
      const as = { uid: NOBODY, cwd: open };

      const read = await runBuiltCli(["--workspace", join(open, "workspace"), "runs"], as);
      const written = await runBuiltCli(
        ["--workspace", join(open, "workspace"), "run", "M001"],
        as,
      );

      expect(read.code).toBe(0);
      expect(read.stdout).toContain("RUN_2026_02_01_006");
      expect(written.code).toBe(1);
      expect(written.stdout).not.toContain("T1");
      expect(written.stderr).toMatch(/^STORE_FAILED: .*(EACCES|permission)/);
      for (const path of [open, join(open, "workspace")]) chmodSync(path, 0o755);
    },
  );

  it("loses nothing when the disk is full", async () => {
    const { workspace, runId } = await aWaitingRun();
    const main = new URL("../../dist/bin/main.js", import.meta.url).pathname;
    // A limit on the size of files stands for a full disk: writing fails half-way.
    const limited = `trap '' XFSZ; ulimit -f 2; exec ${process.execPath} ${main} --workspace ${workspace} approve ${runId} --by ana`;

    const failed = await runProcess("bash", ["-c", limited]);
    const after = await cli(workspace, "--json", "resume", runId);

    expect(failed.code).toBe(1);
    expect(failed.stderr).not.toContain("    at ");
    expect([0, 3]).toContain(after.code);
    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === runId,
    );
    expect(new Set(rows.map((row) => row["task_id"])).size).toBe(rows.length);
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(9);
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const workspace = aWorkspace();
    const main = new URL("../../dist/bin/main.js", import.meta.url).pathname;
    const piped = `${process.execPath} ${main} --workspace ${workspace} schema mission_runs | true; echo "\${PIPESTATUS[0]}"`;

    const { stdout, stderr } = await runProcess("bash", ["-c", piped]);

    expect(stderr).toBe("");
    expect(stdout).toBe("0\n");
  });

  it("refuses what is wrong with 2 and without a stack", async () => {
    const ended = await cli(aWorkspace(), "run", "M999");

    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^UNKNOWN_MISSION: .*M999/);
    expect(ended.stderr).not.toContain("    at ");
  });
});
