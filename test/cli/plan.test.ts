import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { cli } from "../support/command-line.ts";
import { aFolder, aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

async function theClaims(): Promise<string> {
  const workspace = join(aFolder(), "claims");
  await cli(workspace, "init", "--sample", "claims");
  return workspace;
}

describe("init", () => {
  it("begins with the sample of claims when asked to", async () => {
    const workspace = await theClaims();

    expect(readDocument(workspace, "business_missions")).toMatchObject([{ mission_id: "C001" }]);
    expect((await cli(workspace, "validate")).code).toBe(0);
  });

  it("begins with nothing, in documents that are valid", async () => {
    const workspace = join(aFolder(), "own");

    const made = await cli(workspace, "init", "--empty");
    const validated = await cli(workspace, "validate");
    const missions = await cli(workspace, "missions");

    expect([made.code, validated.code, missions.stdout]).toEqual([0, 0, "No missions.\n"]);
    expect(readDocument(workspace, "mission_kpis")).toEqual([]);
  });

  it("takes one beginning, not two", async () => {
    const { code } = await cli(join(aFolder(), "x"), "init", "--empty", "--sample", "claims");

    expect(code).toBe(2);
  });
});

describe("missions and agents", () => {
  it("list what the documents have", async () => {
    const workspace = aWorkspace();

    const missions = await cli(workspace, "missions");
    const agents = await cli(workspace, "--json", "agents");

    expect(missions.stdout).toMatch(/M001 +Reduce Customer Onboarding Time +3/);
    expect(JSON.parse(agents.stdout)[4]).toMatchObject({
      agent_id: "A5",
      tasks: ["T6", "T7", "T8"],
    });
  });
});

describe("plan", () => {
  it("shows who could do what, where it stops and how long it takes, and runs nothing", async () => {
    const workspace = await theClaims();
    const before = readdirSync(workspace);

    const { code, stdout } = await cli(workspace, "plan", "C001");

    expect(code).toBe(0);
    expect(stdout).toContain(
      "    * C4 Send an expert: 90 min by expert, after C2, approval before, only if /mission_inputs/amount > 5000\n",
    );
    expect(stdout).toContain(
      "8 tasks, 3 gates. Critical path: C1 → C2 → C4 → C6 → C7 → C8, 117 of 150 min of work",
    );
    expect(readdirSync(workspace)).toEqual(before);
  });

  it("says why a plan cannot be run", async () => {
    const workspace = await theClaims();
    writeDocument(workspace, "agent_capabilities_matrix", []);

    const { code, stdout } = await cli(workspace, "plan", "C001");

    expect(code).toBe(2);
    expect(stdout).toContain("C4 Send an expert: 90 min by nobody");
    expect(stdout).toContain("NO_CAPABLE_AGENT");
  });

  it("knows what may have been meant", async () => {
    const { code, stderr } = await cli(await theClaims(), "plan", "C01");

    expect([code, stderr]).toEqual([
      2,
      'UNKNOWN_MISSION: There is no mission "C01": there are C001; did you mean C001?\n',
    ]);
  });
});

describe("latest", () => {
  it("stands for the newest run", async () => {
    const workspace = aWorkspace();
    await cli(workspace, "run", "M001");

    const shown = await cli(workspace, "--json", "show", "latest");
    const approved = await cli(workspace, "--json", "approve", "latest", "--by", "ana");

    expect(JSON.parse(shown.stdout).status).toBe("awaiting_approval");
    expect(JSON.parse(approved.stdout)).toMatchObject({
      run_id: JSON.parse(shown.stdout).run_id,
      status: "completed",
    });
  });

  it("is no run where there is none", async () => {
    const { code, stderr } = await cli(await theClaims(), "show", "latest");

    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no run "latest"')]);
  });
});
