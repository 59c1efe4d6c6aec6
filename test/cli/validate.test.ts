import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { aPlan, aReference } from "../support/builders.ts";
import { cli } from "../support/command-line.ts";
import { aWorkspace, writeDocument } from "../support/workspace.ts";

describe("validate", () => {
  it("counts one fault as one, and two as two", async () => {
    const workspace = aWorkspace();
    writeFileSync(join(workspace, "mission_kpis.json"), "{}");

    const one = await cli(workspace, "validate");
    writeFileSync(join(workspace, "specialized_agents.json"), "{}");
    const two = await cli(workspace, "validate");

    expect(one.code).toBe(2);
    expect(one.stdout).toMatch(/expected a list\.\n1 fault\.\n$/);
    expect(two.stdout).toMatch(/\n2 faults\.\n$/);
  });
});

describe("run", () => {
  it("says on standard error which agents are simulated by default", async () => {
    const workspace = aWorkspace(aReference(aPlan({ T1: [] })));

    const { code, stdout, stderr } = await cli(workspace, "--json", "run", "M");

    expect([code, stderr]).toEqual([0, "A1 has no runtime: it is simulated.\n"]);
    expect(JSON.parse(stdout)).toMatchObject({ status: "completed" });
  });

  it("says nothing of agents that name it", async () => {
    expect((await cli(aWorkspace(), "run", "M001")).stderr).toBe("");
  });

  it("says in words of ours what it is not given rightly", async () => {
    const workspace = aWorkspace();
    writeDocument(workspace, "mission_kpis", [{ mission_id: "M001", kpis: { target_x: "2" } }]);

    const { code, stderr } = await cli(workspace, "run", "M001");

    expect([code, stderr]).toEqual([
      2,
      'BAD_DOCUMENT: mission_kpis.json: M001: kpis.target_x: found "2"; expected a number.\n',
    ]);
  });
});
