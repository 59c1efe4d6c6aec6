/** One mission by a module, a model, an A2A agent and a graph that asks: wherever it is driven, and however often that dies. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Reference } from "../../src/model/reference.ts";
import type { RuntimeSettings } from "../../src/model/runtime-settings.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { anA2aAgent } from "../support/a2a-server.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import {
  type DevelopmentServer,
  startDevelopmentServer,
  startGraphServer,
} from "../support/development-server.ts";
import { aModel } from "../support/model-server.ts";
import { runBuiltCli } from "../support/processes.ts";
import {
  aFolder,
  aMissionControl,
  aWorkspace,
  databaseOf,
  readRecorded,
} from "../support/workspace.ts";
import { writeWorkspace } from "../support/write-workspace.ts";

/** Asks twice, and notes what it did. */
const GRAPH = `
import { appendFileSync } from "node:fs";
import { Annotation, END, START, StateGraph, interrupt } from "@langchain/langgraph";
const State = Annotation.Root({ log: Annotation, of: Annotation, output: Annotation });
const work = ({ log, of }) => {
  const account = interrupt("Which account?");
  const [{ type }] = interrupt([{
    action_request: { action: "pay", args: { amount: 5 } },
    config: { allow_accept: true, allow_ignore: true },
    description: "Pay 5?",
  }]);
  appendFileSync(log, "paid\\n");
  return { output: { account, type, of } };
};
export const graph = new StateGraph(State).addNode("work", work).addEdge(START, "work").addEdge("work", END).compile();
`;

/** What every environment of these tests has, and nobody minds being told. */
const KEY_NAME = "LANGGRAPH_CLI_NO_ANALYTICS";
const KEY = "1";

let graphs: DevelopmentServer;
beforeAll(async () => {
  graphs = await startGraphServer(GRAPH);
  process.env[KEY_NAME] = KEY;
  return () => graphs.stop();
}, 120_000);
afterAll(() => {
  delete process.env[KEY_NAME];
});

/** T1 by a module, T2 by a model, T3 by an A2A agent, T4 by a graph, one after the other. */
async function aBusiness() {
  const log = join(aFolder(), "log");
  const { base_url, seen } = await aModel("Verified.", { key: KEY });
  const agent = await anA2aAgent();
  const runtimes: RuntimeSettings[] = [
    { kind: "module", module: "./agents/crm.mjs#agent" },
    { kind: "openai", model: "m-1", base_url, token_env: KEY_NAME, instructions: "You verify." },
    { kind: "a2a", card: agent.url, input: { instruction: "ask" } },
    {
      kind: "langgraph",
      url: graphs.url,
      assistant: "worker",
      input: { log, of: { at: "/inputs/T2" } },
    },
  ];
  const reference: Reference = {
    ...aReference(
      aPlan({ T1: [], T2: ["T1"], T3: ["T2"], T4: ["T2", "T3"] }),
      runtimes.map((runtime, position) => anAgent({ agent_id: `A${position + 1}`, runtime })),
    ),
    capabilities: ["1", "2", "3", "4"].map((number) => ({
      task_id: `T${number}`,
      capable_agents: [`A${number}`],
    })),
  };
  return { reference, log, seen, agent };
}

type Business = Awaited<ReturnType<typeof aBusiness>>;

function addModule(workspace: string): void {
  mkdirSync(join(workspace, "agents"), { recursive: true });
  const text = "export const agent = async () => ({ output: { customer: 'ACME' } });";
  writeFileSync(join(workspace, "agents", "crm.mjs"), text);
}

/** What people say, in the order in which they are asked. */
const ANSWERS = [
  { type: "answer", value: "main" },
  { type: "reject", reason: "not today" },
  { type: "answer", value: "savings" },
  { type: "approve" },
] as const;

/** As arguments of a command. */
function wordsOf(answer: (typeof ANSWERS)[number]): readonly string[] {
  if (answer.type === "answer") return [answer.value];
  return answer.type === "reject" ? ["--reason", answer.reason] : [];
}

function expectDone(workspace: string, { log, seen, agent }: Business): void {
  const rows = readRecorded(workspace, "task_execution_logs").filter(
    ({ mission_id }) => mission_id === "M",
  );
  expect(rows).toMatchObject([
    { task_id: "T1", attempt: 1, outcome: "completed", output: { customer: "ACME" } },
    { task_id: "T2", attempt: 1, outcome: "completed", output: "Verified." },
    {
      task_id: "T3",
      attempt: 1,
      outcome: "completed",
      output: { told: ["main", "Rejected: not today"] },
      further_decisions: [{ decision: "answer" }, { decision: "reject" }],
    },
    {
      task_id: "T4",
      attempt: 1,
      outcome: "completed",
      output: { account: "savings", type: "accept", of: "Verified." },
      further_decisions: [{ decision: "answer" }, { decision: "approve" }],
    },
  ]);
  expect(readFileSync(log, "utf8")).toBe("paid\n");
  expect(agent.begun).toEqual(["ask"]);
  expect(agent.told).toEqual(["main", "Rejected: not today"]);
  expect(seen.length).toBeGreaterThan(0);
}

describe("a mission by all kinds of agents", () => {
  it("is done from the library, by another one after each decision", async () => {
    const business = await aBusiness();
    const workspace = aWorkspace(business.reference);
    addModule(workspace);
    const first = await aMissionControl({ workspace });
    await first.start({ mission_id: "M", run_id: "R1" });

    for (const answer of ANSWERS) {
      const control = await aMissionControl({ workspace });
      const { pending_approvals } = await control.run("R1");
      const [asked] = pending_approvals;
      const decision = { ...answer, decided_by: "ana" };
      await control.decide("R1", { [asked?.approval_id ?? ""]: decision });
    }

    expectDone(workspace, business);
    expect(business.seen).toHaveLength(1);
    expect((await first.audit()).findings).toEqual([]);
    expect((await first.replay(["R1"])).runs).toMatchObject([{ status: "agrees" }]);
  });

  it("is done from the command line, killed at everything that happens", async () => {
    const business = await aBusiness();
    const workspace = aWorkspace(business.reference);
    addModule(workspace);
    let kills = 0;
    /** Kills what drives the run as soon as anything was recorded, until there is nothing left to do. */
    const persist = async (...args: string[]) => {
      for (let next = args; ; next = ["resume", "latest"]) {
        const before = countEvents(workspace);
        const { code } = await runBuiltCli(["--workspace", workspace, ...next], {
          killWhen: () => countEvents(workspace) > before,
        });
        if (code !== null) return code;
        kills += 1;
      }
    };

    await persist("run", "M");
    for (const answer of ANSWERS) {
      const [asked] = readRecorded(workspace, "approval_requests").filter(
        ({ status }) => status === "pending",
      );
      const id = String(asked?.["approval_id"]);
      const words = wordsOf(answer);
      await persist(answer.type, "latest", id, ...words, "--by", "ana");
    }

    expect(kills).toBeGreaterThan(8);
    expectDone(workspace, business);
    expect((await runCli(["--workspace", workspace, "audit"])).code).toBe(0);
  });

  it("is done in Studio's server, with the answers of the Agent Inbox", async () => {
    const business = await aBusiness();
    const studio = await startDevelopmentServer();
    try {
      const client = new Client({ apiUrl: studio.url, apiKey: null });
      const { thread_id } = await client.threads.create();
      // The server makes its workspace when it is first asked to do something.
      await client.runs.wait(thread_id, "mission_control", { input: { mission_id: "NONE" } });
      writeWorkspace(studio.workspace, business.reference);
      addModule(studio.workspace);
      const mission = await client.threads.create();
      let asked = await ask(client, mission.thread_id, { input: { mission_id: "M" } });
      for (const answer of ANSWERS) {
        const id = asked?.approvals[0]?.approval_id ?? "";
        const resume = "value" in answer ? respond(`${id}: ${answer.value}`) : { [id]: answer };
        asked = await ask(client, mission.thread_id, { command: { resume } });
      }

      expect(asked).toBeUndefined();
      expectDone(studio.workspace, business);
    } finally {
      await studio.stop();
    }
  }, 120_000);
});

const respond = (args: string) => [{ type: "response", args }];

const stateSchema = z.object({
  tasks: z.array(
    z.object({
      interrupts: z.array(
        z.object({
          value: z.object({ approvals: z.array(z.object({ approval_id: z.string() })) }),
        }),
      ),
    }),
  ),
});

/** What the thread asks then. */
async function ask(client: Client, threadId: string, payload: object) {
  await client.runs.wait(threadId, "mission_control", payload);
  const { tasks } = stateSchema.parse(await client.threads.getState(threadId));
  return tasks.flatMap(({ interrupts }) => interrupts)[0]?.value;
}

/** What has happened in the workspace so far. */
function countEvents(workspace: string): number {
  if (!existsSync(databaseOf(workspace))) return 0;
  try {
    const database = openDatabase(databaseOf(workspace));
    try {
      return Number(database.prepare("SELECT count(*) AS n FROM outbox").get()?.["n"]);
    } finally {
      database.close();
    }
  } catch {
    // Its tables are being made.
    return 0;
  }
}
