import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { REFERENCE_DOCUMENT_NAMES } from "../../src/model/documents.ts";
import { cli } from "../support/command-line.ts";
import { aFolder, aWorkspace, readDocument } from "../support/workspace.ts";

async function anEmptyWorkspace(): Promise<string> {
  const workspace = join(aFolder(), "own");
  await cli(workspace, "init", "--empty");
  return workspace;
}

const textOf = (workspace: string) =>
  REFERENCE_DOCUMENT_NAMES.map((name) =>
    readFileSync(join(workspace, `${name}.json`), "utf8"),
  ).join();

describe("new", () => {
  it("writes what the flags say, step by step, until the mission can be run", async () => {
    const workspace = await anEmptyWorkspace();
    const schema = join(workspace, "inputs.json");
    writeFileSync(schema, '{"type": "object", "required": ["amount"]}');
    const flags = (text: string) => text.split(" ");
    const condition = '{"at": "/mission_inputs/amount", "op": ">", "value": 9}';
    const delay =
      "kpi M1 delay --baseline 5 --target 2 --label Delay --unit days --direction lower --decimals 1 --simulate-best 1 --simulate-worst 4";
    const steps = [
      flags("agent A1 --name Clerk"),
      [...flags("mission M1 --name Pay --owner Ana --time-budget 60 --input-schema"), schema],
      flags("task M1 T1 --name Check --minutes 30 --agents A1"),
      [
        ...flags("task M1 T2 --name Pay --minutes 2.5 --agents A1 --after T1 --approval before"),
        "--only-if",
        condition,
      ],
      flags(delay),
      flags("kpi M1 cost --max 100"),
    ];

    const ended = [];
    for (const step of steps) ended.push(await cli(workspace, "new", ...step));
    const validated = await cli(workspace, "validate");
    const run = await cli(workspace, "--json", "run", "M1", "--input", "amount=10");

    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(steps.map(() => [0, ""]));
    expect(ended[2]?.stdout).toBe(
      `Added task T1 of M1 to agent_capabilities_matrix.json and decomposed_mission_tasks.json.\nNext: mission-control --workspace ${workspace} plan M1\n`,
    );
    expect(validated.stdout).toBe(`${workspace}: no faults.\n`);
    expect(JSON.parse(run.stdout)).toMatchObject({ status: "awaiting_approval" });
    expect(readDocument(workspace, "decomposed_mission_tasks")).toEqual([
      {
        mission_id: "M1",
        tasks: [
          {
            task_id: "T1",
            task: "Check",
            order: 1,
            depends_on: [],
            estimated_duration_minutes: 30,
            requires_human_approval: false,
          },
          {
            task_id: "T2",
            task: "Pay",
            order: 2,
            depends_on: ["T1"],
            estimated_duration_minutes: 2.5,
            requires_human_approval: true,
            approval_stage: "before",
            only_if: { all: [{ at: "/mission_inputs/amount", op: ">", value: 9 }] },
          },
        ],
      },
    ]);
    expect(readDocument(workspace, "mission_kpis")).toEqual([
      {
        mission_id: "M1",
        kpis: { baseline_delay: 5, target_delay: 2, max_cost: 100 },
        definitions: {
          delay: {
            label: "Delay",
            unit: "days",
            direction: "lower",
            decimals: 1,
            simulate: { best: 1, worst: 4 },
          },
        },
      },
    ]);
    expect(readDocument(workspace, "specialized_agents")).toEqual([
      { agent_id: "A1", name: "Clerk", status: "available", runtime: "simulated" },
    ]);
  });

  it.each<[string, readonly string[], string]>([
    [
      "an id that is there",
      ["mission", "M001", "--name", "x"],
      'ALREADY_EXISTS: M001 is there already: the mission "Reduce Customer Onboarding Time" with 3 tasks.',
    ],
    [
      "what is needed and not given",
      ["task", "M001", "--name", "x"],
      "USAGE: Needed and not given: <task>, --minutes, --agents. On a terminal it is asked for.",
    ],
    [
      "a word for a number",
      ["task", "M001", "N1", "--name", "x", "--minutes", "ten", "--agents", "A1"],
      'USAGE: --minutes: found "ten"; expected a number.',
    ],
    [
      "a number below its bound",
      ["task", "M001", "N1", "--name", "x", "--minutes", "-4", "--agents", "A1"],
      "tasks.N1.estimated_duration_minutes: found -4; expected a number ≥ 0.01.",
    ],
    [
      "a condition that is no JSON",
      [
        "task",
        "M001",
        "N1",
        "--name",
        "x",
        "--minutes",
        "1",
        "--agents",
        "A1",
        "--only-if",
        "x > 1",
      ],
      'USAGE: --only-if: found "x > 1"; expected JSON as {"at"',
    ],
    [
      "a condition with a word that is none",
      [
        "task",
        "M001",
        "N1",
        "--name",
        "x",
        "--minutes",
        "1",
        "--agents",
        "A1",
        "--only-if",
        '{"at": "/mission_inputs/x", "op": "~", "value": 1}',
      ],
      'USAGE: --only-if: op: found "~"; expected ">", ">=',
    ],
    [
      "a target that is a ceiling as well",
      ["kpi", "M001", "x", "--target", "1", "--max", "2"],
      "USAGE: found --target, --max; expected --target, with or without --baseline, or one of",
    ],
    [
      "half of what is simulated",
      ["kpi", "M001", "x", "--target", "1", "--simulate-best", "2"],
      "USAGE: found --simulate-best alone; expected both",
    ],
    [
      "a direction that is none",
      ["kpi", "M001", "x", "--target", "1", "--direction", "up"],
      "Allowed choices are lower, higher",
    ],
    [
      "a schema that is not there",
      ["mission", "M9", "--name", "x", "--input-schema", "nowhere.json"],
      "USAGE: --input-schema nowhere.json: no such file.",
    ],
  ])("refuses %s, and writes nothing", async (_name, args, words) => {
    const workspace = aWorkspace();
    const before = textOf(workspace);

    const { code, stdout, stderr } = await cli(workspace, "new", ...args);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
    expect(textOf(workspace)).toBe(before);
  });

  it("prints one JSON value with --json", async () => {
    const { stdout } = await cli(aWorkspace(), "--json", "new", "agent", "A9", "--name", "x");

    expect(JSON.parse(stdout)).toEqual({ added: "agent A9", written: ["specialized_agents.json"] });
  });

  it("asks at a terminal for what the flags do not say", async () => {
    const workspace = await anEmptyWorkspace();
    const command = `stty cols 100 rows 40; node dist/bin/main.js --workspace ${workspace} new agent A1`;

    await answerAtTerminal(command, [
      ["What do people call it?", "Clerk\r"],
      ["What does it do?", "\r"],
      ["What carries out its tasks?", "\r"],
    ]);

    expect(readDocument(workspace, "specialized_agents")).toEqual([
      { agent_id: "A1", name: "Clerk", status: "available", runtime: "simulated" },
    ]);
  });

  it("says at once that a number is none", async () => {
    const workspace = aWorkspace();
    const flags = "task M001 N1 --name Thank --agents A1";

    await answerAtTerminal(
      `stty cols 100 rows 40; node dist/bin/main.js --workspace ${workspace} new ${flags}`,
      [
        ["How many minutes of work?", "ten\r"],
        ["It is a number.", "\u007f\u007f\u007f7\r"],
        ["Which tasks come before it?", "\r"],
        ["Does a person decide", "\u001b[B\r"],
      ],
    );

    const [plan] = readDocument(workspace, "decomposed_mission_tasks");
    expect(plan?.["tasks"]).toContainEqual(
      expect.objectContaining({
        task_id: "N1",
        estimated_duration_minutes: 7,
        requires_human_approval: true,
        approval_stage: "before",
      }),
    );
  });
});

/** Presses keys at a terminal, each as soon as its question is there. */
function answerAtTerminal(
  command: string,
  answers: readonly (readonly [when: string, press: string])[],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const terminal = spawn("script", ["-qec", command, "/dev/null"], {
      env: { ...process.env, TERM: "xterm" },
    });
    let output = "";
    const left = [...answers];
    terminal.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const [next] = left;
      if (next === undefined || !output.includes(next[0])) return;
      left.shift();
      terminal.stdin.write(next[1]);
    });
    terminal.on("error", reject);
    terminal.on("close", () => resolve(output));
  });
}
