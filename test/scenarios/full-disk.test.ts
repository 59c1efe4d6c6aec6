/** A disk that is full refuses what comes, loses nothing, and is no reason to start again. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import { initWorkspace } from "../../src/index.ts";
import { prepareScript } from "../support/processes.ts";
import { aFolder, aMissionControl, readDocument } from "../support/workspace.ts";

const CHILD = fileURLToPath(new URL("../support/full-disk-child.ts", import.meta.url));

/** A disk of a few megabytes; undefined where mounting is not allowed. */
function aSmallDisk(): string | undefined {
  const folder = aFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", folder]);
  });
  return folder;
}

describe("a full disk", () => {
  it("has writes refused, and goes on in the same process once there is space", async ({
    skip,
  }) => {
    const disk = aSmallDisk();
    if (disk === undefined) return skip("mounting a small disk takes more rights");
    const workspace = join(disk, "workspace");
    initWorkspace(workspace);
    const runChild = await prepareScript(CHILD);

    const { code, stdout, stderr } = await runChild([workspace]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const told = JSON.parse(stdout);
    expect(told.codes.at(-1)).toBe("STORE_FAILED");
    expect(told.codes.slice(0, -1).every((done: string) => done === "done")).toBe(true);
    expect(told.readable).toMatch(/^(awaiting_approval|running|completed)$/);
    expect(told).toMatchObject({ started: "awaiting_approval", status: "completed" });
    const control = await aMissionControl({ workspace });
    const { findings } = await control.audit();
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.filter(({ record }) => !record.startsWith("RUN_2026_02_0"))).toEqual([]);
    expect(readDocument(workspace, "mission_runs")).toHaveLength((await control.runs()).length);
  });
});
