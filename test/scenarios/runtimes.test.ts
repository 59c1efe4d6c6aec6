/** What carries out a run's tasks: kept from its opening on, and never replaced by a simulation unasked. */

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/model/task-exchange.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { resumeWith } from "../support/gate.ts";
import { aMissionControl, aWorkspace, readRecorded } from "../support/workspace.ts";

const approve = { type: "approve", decided_by: "ana" } as const;
const reference = aReference(
  aPlan({ quote: [], pay: ["quote"] }, { pay: { requires_human_approval: true } }),
  [anAgent({ agent_id: "A1", runtime: "bank" })],
);

function aBank() {
  const calls: string[] = [];
  const bank: AgentRuntime = async ({ task }) => {
    calls.push(task.task_id);
    return { output: "done", work_minutes: 1 };
  };
  return { calls, bank };
}

/** A run that a program with an own agent has opened, and that waits for "pay". */
async function aWaitingRun() {
  const workspace = aWorkspace(reference);
  const { calls, bank } = aBank();
  const control = await aMissionControl({ workspace, runtimes: { bank } });
  const { run_id } = await control.start({ mission_id: "M" });
  await control.close();
  const cli = (...args: readonly string[]) => runCli(["--workspace", workspace, ...args]);
  return { workspace, run_id, calls, bank, cli };
}

const rowsOf = (workspace: string) =>
  readRecorded(workspace, "task_execution_logs").map(({ task_id, outcome, runtime }) => [
    task_id,
    outcome,
    runtime,
  ]);

describe("a run's runtimes", () => {
  it("are kept with it, and every row says what did the work", async () => {
    const { workspace, run_id, bank } = await aWaitingRun();
    const control = await aMissionControl({ workspace, runtimes: { bank } });
    await control.decide(run_id, { pay: approve });

    expect(readRecorded(workspace, "mission_runs")).toMatchObject([
      { runtimes: { A1: { kind: "function", name: "bank" } } },
    ]);
    expect(rowsOf(workspace)).toEqual([
      ["quote", "completed", "function"],
      ["pay", "approved", "function"],
    ]);
  });

  it("are simulated where the registry says so or nothing, and an output that was judged says so too", async () => {
    const tasks = aPlan(
      { draft: [] },
      { draft: { requires_human_approval: true, approval_stage: "after" } },
    );
    const workspace = aWorkspace(aReference(tasks));
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M" });
    await control.decide(run_id, { draft: approve });

    expect(rowsOf(workspace)).toEqual([["draft", "approved", "simulated"]]);
  });

  it("are not another program's: it records the decision, says who goes on, and calls nobody", async () => {
    const { workspace, run_id, calls, bank, cli } = await aWaitingRun();

    const decided = await cli("approve", run_id, "pay", "--by", "ana");
    const resumed = await cli("resume", run_id);

    expect(decided).toMatchObject({
      code: 3,
      stderr: `Recorded. ${run_id} was opened with runtimes for agent A1 that this program does not have, or cannot use. A program that has them goes on with it (\`resume\`), or \`mission-control --workspace ${workspace} resume ${run_id} --adopt-runtimes --by NAME\` has it go on with the agents of this one.\n`,
    });
    expect(resumed).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^RUNTIME_MISSING: /),
    });
    expect(rowsOf(workspace)).toEqual([["quote", "completed", "function"]]);

    const owner = await aMissionControl({ workspace, runtimes: { bank } });
    const { status } = await owner.resume(run_id);

    expect(status).toBe("completed");
    expect(calls).toEqual(["quote", "pay"]);
  });

  it("stop a plain invoke of the graph before any task, and the run waits", async () => {
    const { workspace, run_id, calls } = await aWaitingRun();
    const control = await aMissionControl({ workspace });

    const resumed = resumeWith(control.graph, run_id, { pay: approve });

    await expect(resumed).rejects.toMatchObject({ code: "RUNTIME_MISSING" });
    expect(calls).toEqual(["quote"]);
    expect(rowsOf(workspace)).toHaveLength(1);
    expect(readRecorded(workspace, "approval_requests")).toMatchObject([{ status: "decided" }]);
  });

  it("can be adopted by a person, who is named; by nobody they cannot", async () => {
    const { workspace, run_id, calls, cli } = await aWaitingRun();
    await cli("approve", run_id, "pay", "--by", "ana");
    const nobody = await cli("resume", run_id, "--adopt-runtimes");
    const other = { A1: aBank() };
    const control = await aMissionControl({ workspace, runtimes: { A1: other.A1.bank } });

    const { status } = await control.resume(run_id, undefined, { adoptRuntimesBy: "bob" });

    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining("--by NAME") });
    expect(status).toBe("completed");
    expect(calls).toEqual(["quote"]);
    expect(other.A1.calls).toEqual(["pay"]);
    expect(readRecorded(workspace, "mission_runs")).toMatchObject([
      { runtimes: { A1: { name: "A1" } }, runtimes_adopted: { by: "bob" } },
    ]);
  });

  it("stay simulated for a run that was opened so, whoever goes on with it", async () => {
    const tasks = aPlan({ pay: [] }, { pay: { requires_human_approval: true } });
    const workspace = aWorkspace(aReference(tasks));
    const simulated = await aMissionControl({ workspace });
    const { run_id } = await simulated.start({ mission_id: "M" });
    const { bank, calls } = aBank();
    const control = await aMissionControl({ workspace, runtimes: { A1: bank } });

    await control.decide(run_id, { pay: approve });

    expect(calls).toEqual([]);
    expect(rowsOf(workspace)).toEqual([["pay", "approved", "simulated"]]);
  });

  it("of nobody are refused, with the names that may have been meant", async () => {
    const workspace = aWorkspace(reference);
    const { bank } = aBank();

    await expect(aMissionControl({ workspace, runtimes: { bnak: bank } })).rejects.toMatchObject({
      code: "BAD_INPUT",
      message:
        'runtimes: specialized_agents.json has no agent and no runtime "bnak"; did you mean bank?',
    });
  });
});
