import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { initWorkspace } from "../../src/app/init-workspace.ts";
import { validateWorkspace } from "../../src/app/validate-workspace.ts";
import { readPolicyInForce } from "../../src/app/workspace.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { aFolder, aMissionControl, aWorkspace } from "../support/workspace.ts";

const settingsSchema = z.object({
  "json.schemas": z.array(z.object({ fileMatch: z.tuple([z.string()]), url: z.string() })),
});

function readJson(...path: readonly string[]): unknown {
  const value: unknown = JSON.parse(readFileSync(join(...path), "utf8"));
  return value;
}

describe("initWorkspace", () => {
  it("tells an editor which schema is for which document, and all of them pass", () => {
    const workspace = aWorkspace();
    const settings = settingsSchema.parse(readJson(workspace, ".vscode", "settings.json"));

    const checked = settings["json.schemas"].map(({ fileMatch: [file], url }) => {
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
      addFormats.default(ajv);
      const schema = z.record(z.string(), z.unknown()).parse(readJson(workspace, url));
      return [file, ajv.validate(schema, readJson(workspace, file)), ajv.errorsText()];
    });

    expect(checked).toEqual(
      [
        "business_missions",
        "decomposed_mission_tasks",
        "specialized_agents",
        "agent_capabilities_matrix",
        "mission_kpis",
        "policy",
      ].map((name) => [`/${name}.json`, true, "No errors"]),
    );
  });

  it("names every file that it writes, and writes over none", () => {
    const workspace = join(aFolder(), "own");

    const written = initWorkspace(workspace, { from: "empty" });

    expect(written.every((file) => existsSync(join(workspace, file)))).toBe(true);
    expect(written).toContain(".vscode/settings.json");
    writeFileSync(join(workspace, ".vscode", "settings.json"), "{}");
    expect(initWorkspace(workspace)).toEqual([]);
    expect(readJson(workspace, ".vscode", "settings.json")).toEqual({});
  });

  it("leaves a folder alone that has an editor's settings already", () => {
    const folder = aFolder();
    mkdirSync(join(folder, ".vscode"));

    expect(() => initWorkspace(folder)).toThrow("is not empty");
  });
});

describe("the schema that a policy names", () => {
  it("is where it says, and no part of the policy", async () => {
    const workspace = aWorkspace();
    const given = z.looseObject({ $schema: z.string() }).parse(readJson(workspace, "policy.json"));

    const { faults, warnings } = await validateWorkspace(workspace, undefined);

    expect(readJson(workspace, given.$schema)).toHaveProperty("$id");
    expect([faults, warnings]).toEqual([[], []]);
    expect(readPolicyInForce(workspace, undefined)).toEqual(DEFAULT_POLICY);
  });

  it("changes nothing of what a run keeps", async () => {
    const [named, nameless] = [aWorkspace(), aWorkspace()];
    writeFileSync(join(nameless, "policy.json"), JSON.stringify(DEFAULT_POLICY));

    const hashes = [];
    for (const workspace of [named, nameless]) {
      const control = await aMissionControl({ workspace });
      await control.start({ mission_id: "M001", run_id: "R" });
      const { policy } = await control.figures("R");
      hashes.push(policy);
    }

    expect(hashes[0]).toEqual(hashes[1]);
    expect(hashes[0]).not.toHaveProperty("$schema");
  });

  it("may be given to the library as well", async () => {
    const policy = { $schema: "x", execution: { max_attempts: 2 } };

    const control = await aMissionControl({ workspace: aWorkspace(), policy });

    expect((await control.start({ mission_id: "M001" })).status).toBe("awaiting_approval");
  });

  it("is a text, and no other field is taken", () => {
    const workspace = aWorkspace();
    const said = (text: string) => {
      writeFileSync(join(workspace, "policy.json"), text);
      return () => readPolicyInForce(workspace, undefined);
    };

    expect(said('{"$schema": 5}')).toThrow("$schema: found 5; expected a text");
    expect(said('{"$comment": "x"}')).toThrow("$comment: found a field that is not known");
  });
});
