/** Input that is odd: refused clearly at the boundary, or used rightly. Never a workspace that is lost. */

import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openLazily } from "../../src/app/open-mission-control.ts";
import { type AgentRuntime, type MissionControl, openMissionControl } from "../../src/index.ts";
import { NOON, aPlan, aReference, aRun, anAgent } from "../support/builders.ts";
import {
  aClock,
  aFolder,
  aMissionControl,
  aWorkspace,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const LONG = "x".repeat(10_000);

/** What must hold after anything odd: all can be read, and the next run works. */
async function expectUsable(workspace: string, mission_id: string): Promise<void> {
  const control = await openMissionControl({ workspace });
  try {
    const { findings } = await control.audit();
    expect(findings.filter(isError)).toEqual([]);
    const runs = await control.runs();
    const next = await control.start({ mission_id });
    expect(next.status).not.toBe("failed");
    expect(await control.runs()).toHaveLength(runs.length + 1);
  } finally {
    await control.close();
  }
}

/** Some runs of the sample count decisions otherwise than their rows do. */
function isError({ code, severity, record }: { code: string; severity: string; record: string }) {
  const isOfSample = code === "AGGREGATE_DIFFERS" && record.startsWith("RUN_2026_02_0");
  return severity === "error" && !isOfSample;
}

async function invoke(control: MissionControl, input: object, thread_id = "odd") {
  return control.graph.invoke({ mission_id: "M001", ...input }, { configurable: { thread_id } });
}

describe("a clock beyond the years that records can hold", () => {
  it("is refused before anything is written, and a right one goes on", async () => {
    const workspace = aWorkspace();
    let now = NOON;
    const control = await aMissionControl({ workspace, clock: { now: () => now } });
    const { run_id } = await control.start({ mission_id: "M001" });
    const approve = { T2: { type: "approve", decided_by: "ana" } } as const;

    now = "+010000-01-01T00:00:00.000Z";
    await expect(control.decide(run_id, approve)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(control.start({ mission_id: "M001" })).rejects.toMatchObject({
      code: expect.stringMatching(/^BAD_/),
    });
    now = NOON;

    expect((await control.decide(run_id, approve)).status).toBe("completed");
    expect((await control.audit()).findings.filter(isError)).toEqual([]);
    await expectUsable(workspace, "M001");
  });
});

describe("who asks for a run", () => {
  it("is refused when the name is too long, before anything is written", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    const state = await invoke(control, { requested_by: LONG });
    const started = control.start({ mission_id: "M001", requested_by: LONG });

    await expect(started).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringMatching(/requested_by.*200/),
    });
    expect(state).toMatchObject({
      run_status: "failed",
      last_error: expect.stringMatching(/^BAD_INPUT: requested_by: .*200/),
    });
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(8);
    await control.close();
    await expectUsable(workspace, "M001");
  });

  it("is not said when the name is blank", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    await invoke(control, { requested_by: " \n " });
    await control.start({ mission_id: "M001", requested_by: "  " });

    const runs = readRecorded(workspace, "mission_runs").slice(8);
    expect(runs.map((run) => run["requested_by"])).toEqual([undefined, undefined]);
    await control.close();
    await expectUsable(workspace, "M001");
  });
});

describe("the name of a run", () => {
  it.each(["portfolio", "Portfolio", "PORTFOLIO"])("cannot be %s, the board's page", async (id) => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    const state = await invoke(control, { run_id: id });
    const started = control.start({ mission_id: "M001", run_id: id });

    await expect(started).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining("not 'portfolio', the name of the board's page"),
    });
    expect(state).toMatchObject({
      run_status: "failed",
      last_error: expect.stringContaining("not 'portfolio', the name of the board's page"),
    });
    expect(readRecorded(workspace, "mission_runs")).toHaveLength(8);
  });

  it.each(["__proto__", "constructor", "prototype"])("cannot be %s", async (id) => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    const started = control.start({ mission_id: "M001", run_id: id });

    await expect(started).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect(await invoke(control, { run_id: id })).toMatchObject({ run_status: "failed" });
  });

  it("belongs to a thread whose name can be kept", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });

    const invoked = invoke(control, {}, "t".repeat(256));

    await expect(invoked).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringMatching(/thread_id has 256 characters; at most 255/),
    });
    await control.close();
    await expectUsable(workspace, "M001");
  });
});

describe("a reason of 10,000 characters", () => {
  const by = "n".repeat(200);

  it("is kept when a run is cancelled, with the name of who did", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });

    await control.cancel(run_id, { reason: LONG, by });

    expect(readRecorded(workspace, "mission_runs").at(-1)).toMatchObject({
      ended_reason: `${LONG} (${by})`,
    });
    await control.close();
    await expectUsable(workspace, "M001");
  });

  it("is kept when a risk is closed, and a longer one refused", async () => {
    const workspace = aWorkspace();
    const clock = aClock();
    const control = await aMissionControl({ workspace, clock });
    await control.start({ mission_id: "M001" });
    clock.advance(60);
    const { changed } = await control.watch();
    const id = changed[0]?.event_id ?? "";

    const longer = control.closeRisk(id, { reason: `${LONG}x`, by });
    await expect(longer).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringMatching(/reason: .*10000/),
    });
    await control.closeRisk(id, { reason: LONG, by });

    const events = await control.risks();
    expect(events.find((event) => event.event_id === id)).toMatchObject({
      status: "closed",
      closed_because: `${LONG} (${by})`,
    });
    await control.close();
    await expectUsable(workspace, "M001");
  });

  it("is kept when a person refuses", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });

    await control.decide(run_id, { T2: { type: "reject", reason: LONG, decided_by: by } });

    expect(readRecorded(workspace, "task_execution_logs").at(-1)).toMatchObject({ reason: LONG });
    await control.close();
    await expectUsable(workspace, "M001");
  });

  it("is not needed where faults stop a run: it goes on when they are mended", async () => {
    const ids = Array.from({ length: 200 }, (_, number) => `T${number}`);
    const reference = aReference(aPlan(Object.fromEntries(ids.map((id) => [id, []]))));
    const workspace = aWorkspace(reference);
    // Its process died before the plan was made; since then, no agent can do any task.
    const run_id = "CUT_SHORT";
    const thread = { thread_id: run_id, checkpoints: "workspace" as const, graph_version: "1" };
    writeDocument(workspace, "mission_runs", [aRun({ run_id, ...thread })]);
    writeDocument(workspace, "agent_capabilities_matrix", []);
    const control = await aMissionControl({ workspace });

    await expect(control.resume(run_id)).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringMatching(/^CUT_SHORT cannot go on: PLAN_FAULTS: 200 faults.*T199/s),
    });
    const [stopped] = await control.runs();
    writeDocument(workspace, "agent_capabilities_matrix", reference.capabilities);
    const { status } = await control.resume(run_id);

    expect(stopped?.status).toBe("running");
    expect(status).toBe("completed");
    await control.close();
    await expectUsable(workspace, "M");
  });
});

describe("a time at the end of the calendar", () => {
  it.each([
    ["work", { requires_human_approval: false }],
    ["a question", { requires_human_approval: true }],
  ] as const)("holds what would be later: %s", async (_what, fields) => {
    const clock = aClock("9999-12-31T23:59:00Z");
    const workspace = aWorkspace(aReference(aPlan({ T: [], U: ["T"] }, { T: fields })));
    const control = await aMissionControl({ workspace, clock });

    const { run_id, status } = await control.start({ mission_id: "M" });
    if (status === "awaiting_approval") await control.decide(run_id, { T: { type: "approve" } });

    expect((await control.run(run_id)).status).toBe("completed");
    expect(readRecorded(workspace, "task_execution_logs").at(-1)).toMatchObject({
      ended_at: "9999-12-31T23:59:59.999Z",
    });
    expect((await control.portfolio("9999-12-31")).snapshot.snapshot_date).toBe("9999-12-31");
    expect((await control.run(run_id)).report).toContain("9999-12-31");
  });

  it("is not reached by any work that may be reported", async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `T${n}`);
    const chain = Object.fromEntries(ids.map((id, n) => [id, n === 0 ? [] : [`T${n - 1}`]]));
    const workspace = aWorkspace(aReference(aPlan(chain)));
    const slow: AgentRuntime = async () => ({ output: 1, work_minutes: 1_000_000 });
    const control = await aMissionControl({
      workspace,
      runtimes: { A1: slow },
      clock: aClock(NOON),
    });

    const { status } = await control.start({ mission_id: "M" });

    expect(status).toBe("completed");
    expect(readRecorded(workspace, "task_execution_logs").at(-1)?.["ended_at"]).toMatch(/^2121-/);
    const { findings } = await control.audit();
    expect(findings.filter(isError)).toEqual([]);
  });

  it("is refused as an estimate that simulated work could not report", async () => {
    const tasks = aPlan({ T: [] }, { T: { estimated_duration_minutes: 1e12 } });
    const control = await aMissionControl({ workspace: aWorkspace(aReference(tasks)) });

    await expect(control.start({ mission_id: "M" })).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringMatching(
        /decomposed_mission_tasks.*estimated_duration_minutes.*500000/,
      ),
    });
  });
});

describe("a figure of 1e308", () => {
  it("is refused where it comes in", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const [run] = await control.runs();
    const kpis = readDocument(workspace, "mission_kpis").find(
      (record) => record["mission_id"] === run?.mission_id,
    );
    const [name = ""] = Object.keys(Object(kpis?.["kpis"])).filter((kpi) =>
      kpi.startsWith("target_"),
    );
    const figures = { [name.replace("target_", "")]: 1e308 };
    const mission_id = run?.mission_id ?? "";

    const recorded = control.recordKpis(run?.run_id ?? "", figures);
    await expect(recorded).rejects.toMatchObject({ code: "BAD_INPUT" });
    const started = control.start({ mission_id, kpi_observations: figures });
    await expect(started).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(invoke(control, { mission_id, kpi_observations: figures })).rejects.toThrow(
      /1000000000000000/,
    );

    expect(readRecorded(workspace, "mission_runs")).toHaveLength(8);
    await control.close();
    await expectUsable(workspace, "M001");
  });

  it("is refused in the document of targets", async () => {
    const reference = aReference(aPlan({ T: [] }));
    const kpis = [{ mission_id: "M", kpis: { target_days: -1e308, baseline_days: 1e308 } }];
    const control = await aMissionControl({ workspace: aWorkspace({ ...reference, kpis }) });

    await expect(control.start({ mission_id: "M" })).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringMatching(/mission_kpis.*target_days/),
    });
  });

  it("leaves nothing infinite at the limit", async () => {
    const reference = aReference(aPlan({ T: [] }));
    const kpis = [{ mission_id: "M", kpis: { target_cost: 0, baseline_cost: 5e-324 } }];
    const workspace = aWorkspace({ ...reference, kpis });
    const control = await aMissionControl({ workspace });

    const { kpi_gap_summary } = await control.start({
      mission_id: "M",
      kpi_observations: { cost: 1e15 },
    });

    expect(kpi_gap_summary).toMatchObject([
      { observed: 1e15, improvement_pct: null, attainment_pct: null, status: "miss" },
    ]);
    await control.close();
    await expectUsable(workspace, "M");
  });
});

describe("an id that names what objects have", () => {
  it.each(["__proto__", "constructor", "prototype"])("is refused in a plan: %s", async (id) => {
    const control = await aMissionControl({ workspace: aWorkspace(aReference(aPlan({ T: [] }))) });
    const tasks = aPlan({ T: [] }).map((task) => ({ ...task, task_id: id }));
    const workspace = aWorkspace(aReference(tasks));
    const odd = await aMissionControl({ workspace });

    await expect(odd.start({ mission_id: "M" })).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringMatching(/decomposed_mission_tasks.*task_id.*not '__proto__'/s),
    });
    expect((await control.start({ mission_id: "M" })).status).toBe("completed");
  });

  it("is like any other where it changes nothing", async () => {
    const plan = aPlan(
      { toString: [], valueOf: ["toString"], hasOwnProperty: ["valueOf", "toString"] },
      { valueOf: { requires_human_approval: true } },
    );
    const agents = [anAgent({ agent_id: "toString" }), anAgent({ agent_id: "valueOf" })];
    const workspace = aWorkspace(aReference(plan, agents));
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M", run_id: "toJSON" });

    const { status } = await control.decide(
      run_id,
      Object.fromEntries([["valueOf", { type: "approve" as const }]]),
    );

    expect(status).toBe("completed");
    await control.close();
    await expectUsable(workspace, "M");
  });
});

describe("a document nested 5,000 levels deep", () => {
  /** As text: to write such a value needs as much stack as to read it. */
  function deepen(workspace: string, name: string, levels = 5000): void {
    const path = join(workspace, `${name}.json`);
    const deep = `"extra": ${"[".repeat(levels)}${"]".repeat(levels)}, `;
    writeFileSync(path, readFileSync(path, "utf8").replace("{", `{${deep}`));
  }

  it.each(["business_missions", "decomposed_mission_tasks", "mission_kpis"])(
    "is refused with its name and record: %s",
    async (name) => {
      const workspace = aWorkspace();
      deepen(workspace, name);
      const control = await aMissionControl({ workspace });

      const started = control.start({ mission_id: "M001" });

      await expect(started).rejects.toMatchObject({
        code: "BAD_DOCUMENT",
        message: expect.stringMatching(new RegExp(`${name}\\.json: M001: extra: .*200 levels`)),
      });
    },
  );

  it.each(["mission_runs", "task_execution_logs", "mission_risk_events"])(
    "is refused in the history, and found by the audit: %s",
    async (name) => {
      const workspace = aWorkspace();
      const sound = readDocument(workspace, name);
      deepen(workspace, name);

      await expect(openMissionControl({ workspace })).rejects.toMatchObject({
        code: "BAD_DOCUMENT",
        message: expect.stringMatching(new RegExp(`${name}\\.json: record 1 .*200 levels`)),
      });

      const control = await openLazily({ workspace }, { leaveOut: true });
      const { findings } = await control.audit();
      expect(findings).toContainEqual(
        expect.objectContaining({ document: name, field: "extra", severity: "error" }),
      );
      writeDocument(workspace, name, sound);
      await control.close();
      await expectUsable(workspace, "M001");
    },
  );

  it("is refused as a policy, and as text that is cut off", async () => {
    const workspace = aWorkspace();
    deepen(workspace, "policy");
    await expect(openMissionControl({ workspace })).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
    writeFileSync(join(workspace, "policy.json"), "[".repeat(200_000));

    await expect(openMissionControl({ workspace })).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringContaining("not JSON"),
    });
  });

  it("is used when it is nested no deeper than 100", async () => {
    const workspace = aWorkspace();
    deepen(workspace, "decomposed_mission_tasks", 100);
    deepen(workspace, "mission_runs", 100);

    await expectUsable(workspace, "M001");

    expect(readRecorded(workspace, "mission_runs")[0]).toHaveProperty("extra");
  });
});

describe("a document with what a checkpoint would load", () => {
  it("is refused with its record", async () => {
    const extra = { lc: 1, type: "constructor", id: ["x"], kwargs: {} };
    const tasks = aPlan({ T: [] }).map((task) => ({ ...task, extra: [extra] }));
    const control = await aMissionControl({ workspace: aWorkspace(aReference(tasks)) });

    await expect(control.start({ mission_id: "M" })).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      message: expect.stringMatching(
        /decomposed_mission_tasks\.json: M: an object in LangChain's serialized form/,
      ),
    });
  });
});

describe("a document that is no regular file", () => {
  const makePipe = (path: string) => execFileSync("mkfifo", [path]);
  const makes: Readonly<Record<string, (path: string) => void>> = {
    "a named pipe": makePipe,
    "a device": (path) => symlinkSync("/dev/zero", path),
    "a folder": (path) => mkdirSync(path),
  };

  /** Puts something else in the place of a document; returns how to put it back. */
  function replaceBy(kind: string, path: string): () => void {
    const aside = `${path}.aside`;
    renameSync(path, aside);
    makes[kind]?.(path);
    return () => {
      rmSync(path, { recursive: true });
      renameSync(aside, path);
    };
  }

  it.each(Object.keys(makes))("is refused at once: %s as mission_kpis", async (kind) => {
    const workspace = aWorkspace();
    const putBack = replaceBy(kind, join(workspace, "mission_kpis.json"));
    const control = await aMissionControl({ workspace });

    await expect(control.start({ mission_id: "M001" })).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining(`it is ${kind}, not a regular file`),
    });

    putBack();
    expect((await control.start({ mission_id: "M001" })).status).toBe("awaiting_approval");
  });

  it.each(Object.keys(makes))("is refused when it is to be imported: %s", async (kind) => {
    const workspace = aWorkspace();
    const putBack = replaceBy(kind, join(workspace, "mission_runs.json"));

    await expect(openMissionControl({ workspace })).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining(`it is ${kind}, not a regular file`),
    });

    putBack();
    await expectUsable(workspace, "M001");
  });

  it.each(Object.keys(makes))("is not written over when it is a view: %s", async (kind) => {
    const workspace = aWorkspace();
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const control = await aMissionControl({ workspace, onWarning });
    const path = join(workspace, "mission_runs.json");
    const putBack = replaceBy(kind, path);

    const { status } = await control.start({ mission_id: "M001" });
    await control.close();

    expect(status).toBe("awaiting_approval");
    expect(warnings).toContainEqual(expect.stringContaining(`it is ${kind}, not a regular file`));
    putBack();
    await expectUsable(workspace, "M001");
  });

  it("is refused as a policy", async () => {
    const workspace = aWorkspace();
    rmSync(join(workspace, "policy.json"));
    makePipe(join(workspace, "policy.json"));

    await expect(openMissionControl({ workspace })).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("a named pipe"),
    });
  });

  it("stays a link when it is one to a file", async () => {
    const workspace = aWorkspace();
    const elsewhere = aFolder();
    for (const name of ["mission_runs", "task_execution_logs", "mission_kpis"]) {
      renameSync(join(workspace, `${name}.json`), join(elsewhere, `${name}.json`));
      symlinkSync(join(elsewhere, `${name}.json`), join(workspace, `${name}.json`));
    }

    await expectUsable(workspace, "M001");

    expect(lstatSync(join(workspace, "mission_runs.json")).isSymbolicLink()).toBe(true);
    expect(readDocument(elsewhere, "mission_runs")).toHaveLength(9);
    expect(readDocument(workspace, "mission_runs")).toHaveLength(9);
  });
});

describe("an id with a NUL character, or half a one", () => {
  it.each(["a\0b", "\uD800"])("names no run, no risk and no approval: %j", async (id) => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    await expect(control.run(id)).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    const closing = control.closeRisk(id, { reason: "late", by: "ana" });
    await expect(closing).rejects.toMatchObject({ code: "UNKNOWN_EVENT" });
    const pending = control.pendingApprovals({ run_id: id });
    await expect(pending).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    expect(await control.runs({ mission_id: id })).toEqual([]);
  });

  it("is shortened where a refusal names it", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    await expect(control.run(LONG)).rejects.toMatchObject({
      message: expect.stringMatching(/^There is no run "x{100}"/),
    });
  });
});
