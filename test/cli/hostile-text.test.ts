import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runCli } from "../support/command-line.ts";
import { HOSTILE, findObeyed } from "../support/hostile.ts";
import { aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

/** Fields that hold free text, in whichever document they are. */
const TEXTS = [
  "task",
  "mission_name",
  "name",
  "owner",
  "description",
  "decided_by",
  "reason",
  "error",
  "requested_by",
];
const DOCUMENTS = [
  "business_missions",
  "decomposed_mission_tasks",
  "specialized_agents",
  "mission_runs",
  "mission_risk_events",
  "task_execution_logs",
];
const RUN = "RUN_2026_02_04_005";

const COMMANDS: readonly (readonly string[])[] = [
  ["runs"],
  ["show", RUN],
  ["report", RUN],
  ["portfolio"],
  ["risks"],
  ["audit"],
  ["advise"],
  ["backtest"],
  ["replay"],
  ["stats"],
  ["watch"],
  ["validate"],
  ["policy"],
  ["export", "--format", "csv"],
  ["export", "--format", "xes"],
];

describe("text from data", () => {
  it.each([...COMMANDS, ...COMMANDS.map((command) => ["--json", ...command])])(
    "is never obeyed: %s %s %s %s",
    async (...command) => {
      const { stdout, stderr } = await cli(aHostileWorkspace(), ...command);

      expect(findObeyed(stdout + stderr)).toEqual([]);
      expect(stdout).not.toBe("");
    },
  );

  it("is never obeyed while a run goes on, waits and is decided", async () => {
    const workspace = aHostileWorkspace();

    const started = await cli(workspace, "run", "M001", "--requested-by", HOSTILE_ARGUMENT);
    const waiting = await cli(workspace, "approvals");
    const [request] = readDocument(workspace, "approval_requests");
    const run = String(request?.["run_id"]);
    const decided = await cli(workspace, "skip", run, "T2", "--reason", HOSTILE_ARGUMENT);
    const reject = ["reject", run, "T2", "--reason", HOSTILE_ARGUMENT, "--by", HOSTILE_ARGUMENT];
    const rejected = await cli(workspace, ...reject);
    const cancelled = await cli(workspace, "cancel", run, "--reason", HOSTILE_ARGUMENT);

    for (const { stdout, stderr } of [started, waiting, decided, rejected, cancelled]) {
      expect(stdout + stderr).not.toBe("");
      expect(findObeyed(stdout + stderr)).toEqual([]);
    }
    expect(started.stdout).toContain("\uFFFD");
    expect(waiting.stdout).toContain("\uFFFD");
  });

  it.each([
    ["report", "no\u001B[2J\u202Esuch"],
    ["run", "no\u001B[2J\u202Esuch"],
    ["schema", "no\u001B[2J\u202Esuch"],
    ["no\u001B[2J\u202Esuch"],
    ["runs", "--no\u001B[2J\u202Esuch"],
    ["runs", "--status", "no\u001B[2J\u202Esuch"],
    ["init", "/dev/null/no\u001B[2J\u202Esuch"],
  ])("is never obeyed in an error: %j %j", async (...command) => {
    for (const json of [[], ["--json"]]) {
      const { code, stdout, stderr } = await cli(aWorkspace(), ...json, ...command);

      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toBe("");
      expect(findObeyed(stdout + stderr)).toEqual([]);
    }
  });

  it("is never obeyed in a fault of a document", async () => {
    const workspace = aWorkspace();
    const file = join(workspace, "business_missions.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("M001", "M\u009B31m\u202E"));

    for (const command of ["validate", "runs", "portfolio"]) {
      const { stdout, stderr } = await cli(workspace, command);

      expect(findObeyed(stdout + stderr)).toEqual([]);
    }
  });

  it("is never obeyed in the name of a file", async () => {
    const workspace = aHostileWorkspace();
    const file = join(workspace, "page\u001B[2J\u202E.html");

    const { stdout } = await cli(workspace, "report", RUN, "--html", file);

    expect(stdout).toContain("page\uFFFD[2J\uFFFD.html");
    expect(findObeyed(readFileSync(file, "utf8"))).toEqual([]);
  });
});

/** An argument of a process cannot hold a NUL. */
const HOSTILE_ARGUMENT = HOSTILE.replaceAll("\u0000", "");

function cli(workspace: string, ...args: readonly string[]) {
  return runCli(["--workspace", workspace, ...args]);
}

/** The sample with characters to obey in every text. */
function aHostileWorkspace(): string {
  const workspace = aWorkspace();
  for (const name of DOCUMENTS) {
    writeDocument(workspace, name, readDocument(workspace, name).map(infect));
  }
  return workspace;
}

function infect(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(infect);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inside]) => [
      field,
      TEXTS.includes(field) && typeof inside === "string" ? `${inside}${HOSTILE}` : infect(inside),
    ]),
  );
}
