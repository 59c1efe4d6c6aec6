/**
 * Missions for assistants, as an MCP server. Whoever calls may start a mission, ask and wait; there is no
 * tool that decides: what waits for a person says where a person decides.
 */

import { setTimeout as delay } from "node:timers/promises";

import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

import type { LazyMissionControl } from "../app/mission-control.ts";
import { describeRequest } from "../approvals/question.ts";
import { MissionError } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { defined } from "../model/defined.ts";
import { isEqual } from "../model/is-equal.ts";
import { missionInputsSchema } from "../model/mission-inputs.ts";
import { prioritySchema } from "../model/mission-runs.ts";
import { idSchema, requesterSchema } from "../model/primitives.ts";

/** The longest that one call waits, in seconds: many clients give up after thirty. */
const LONGEST_WAIT = 25;
/** How often a run is looked at meanwhile, in milliseconds. */
const PAUSE_MS = 200;
/** The most approvals and risks that one answer has. */
const MOST = 20;

export interface CallersWorld {
  readonly control: LazyMissionControl;
  /** A command as a person has to type it. */
  readonly command: (...words: readonly string[]) => string;
  readonly hash: (text: string) => string;
  /** Told of a run that could not go on. */
  readonly onTrouble: (message: string) => void;
}

const waitingSchema = z.object({
  approval_id: z.string(),
  run_id: z.string(),
  task_id: z.string(),
  question: z.string().describe("What a person is asked."),
  due_at: z.string(),
  decide_with: z.string().describe("What a person types. You cannot decide it."),
});

const standingSchema = z.object({
  run_id: z.string(),
  mission_id: z.string(),
  status: z.string().describe("running, awaiting_approval, completed, failed or abandoned."),
  summary: z.string().describe("What happened so far, for people."),
  waits_for: z.array(waitingSchema).describe("What people have to decide before it goes on."),
  who_decides: z.string(),
  if_cut_short: z
    .string()
    .optional()
    .describe("What a person types if it stays running because nobody works on it any more."),
});

const READS = { readOnlyHint: true, openWorldHint: false };

export function buildMcpServer(world: CallersWorld): McpServer {
  const { control } = world;
  const server = new McpServer({ name: "mission-control", version: "1" });
  const missions = control
    .reference()
    .missions.map(({ mission_id, mission_name }) => `${mission_id} (${mission_name})`);

  server.registerTool(
    "run_mission",
    {
      title: "Run a mission",
      description: `Starts a business mission and returns at once. It stops where a person must decide; you cannot decide for them. Use get_run to wait. Missions: ${missions.join(", ") || "none yet"}.`,
      inputSchema: z.strictObject({
        mission_id: idSchema,
        mission_inputs: missionInputsSchema
          .optional()
          .describe("What the run is about: which customer, which case."),
        priority: prioritySchema.optional(),
        requested_by: requesterSchema.optional().describe("Who asked you for it."),
        idempotency_key: z
          .string()
          .min(1)
          .max(200)
          .optional()
          .describe(
            "The same key starts one run only, however often you call; with other inputs it is refused.",
          ),
      }),
      outputSchema: standingSchema,
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    },
    ({ idempotency_key, ...request }) =>
      answer(async () => {
        const key = idempotency_key;
        const run_id = key === undefined ? undefined : `RUN_KEY_${world.hash(key).slice(0, 24)}`;
        return describe(await begin({ ...request, ...defined({ run_id }) }, world), world);
      }),
  );

  server.registerTool(
    "get_run",
    {
      title: "See how a run stands",
      description: `How a run stands, and what it waits for. Waits up to wait_seconds (at most ${LONGEST_WAIT}) while it goes on by itself.`,
      inputSchema: z.strictObject({
        run_id: idSchema,
        wait_seconds: z.number().min(0).max(LONGEST_WAIT).default(LONGEST_WAIT),
      }),
      outputSchema: standingSchema,
      annotations: READS,
    },
    ({ run_id, wait_seconds }, { mcpReq }) =>
      answer(async () => {
        await waitWhileRunning(run_id, {
          control,
          until: performance.now() + wait_seconds * 1000,
          signal: mcpReq.signal,
        });
        return describe(run_id, world);
      }),
  );

  server.registerTool(
    "list_approvals",
    {
      title: "See what waits for people",
      description: "What people have to decide, the most urgent first. You cannot decide it.",
      inputSchema: z.strictObject({ run_id: idSchema.optional() }),
      outputSchema: z.object({ approvals: z.array(waitingSchema), who_decides: z.string() }),
      annotations: READS,
    },
    ({ run_id }) =>
      answer(async () => ({
        approvals: (
          await control.pendingApprovals({
            ...(run_id === undefined ? {} : { run_id }),
            limit: MOST,
          })
        ).map((request) => describeWaiting(request, world)),
        who_decides: whoDecides(control),
      })),
  );

  server.registerTool(
    "portfolio",
    {
      title: "See how all missions stand",
      description: "KPIs on target, the risk, what it means and what is asked, over all missions.",
      inputSchema: z.strictObject({
        date: z.iso.date().optional().describe("As at the end of that day, UTC."),
      }),
      outputSchema: z.object({
        date: z.string(),
        kpis_on_target: z.string(),
        risk: z.string(),
        so_what: z.string(),
        ask: z.string(),
      }),
      annotations: READS,
    },
    ({ date }) =>
      answer(async () => {
        const { snapshot, outcome, verdict, so_what, ask } = await control.portfolio(date);
        const kpis_on_target = `${outcome.on_target} of ${outcome.judged}`;
        return { date: snapshot.snapshot_date, kpis_on_target, risk: verdict, so_what, ask };
      }),
  );

  server.registerTool(
    "explain_run",
    {
      title: "Explain a run",
      description: "What happened in a run, its KPIs and open risks, and what to do next.",
      inputSchema: z.strictObject({ run_id: idSchema }),
      outputSchema: z.object({
        run_id: z.string(),
        status: z.string(),
        summary: z.string(),
        kpis: z.array(
          z.object({
            label: z.string(),
            unit: z.string(),
            observed: z.number().nullable(),
            target: z.number(),
            status: z.string(),
          }),
        ),
        open_risks: z.array(z.object({ risk: z.string(), severity: z.string() })),
        next_steps: z.array(z.object({ who: z.string().nullable(), what: z.string() })),
      }),
      annotations: READS,
    },
    ({ run_id }) =>
      answer(async () => {
        const report = await control.report(run_id);
        return {
          run_id,
          status: report.status,
          summary: report.executive_summary,
          kpis: report.kpis.map(({ label, unit, observed, target, status }) => {
            return { label, unit, observed, target, status };
          }),
          open_risks: report.risks
            .filter(({ status }) => status === "open")
            .slice(0, MOST)
            .map(({ description, severity }) => ({ risk: description, severity })),
          next_steps: report.next_steps.slice(0, MOST).map(({ who, what }) => ({ who, what })),
        };
      }),
  );
  return server;
}

type Start = Parameters<LazyMissionControl["begin"]>[0];

/** The run's id, be it new or one that was started under the same id before. */
async function begin(request: Start, { control, onTrouble }: CallersWorld): Promise<string> {
  try {
    const { run_id, ended } = await control.begin(request);
    ended.catch((error: unknown) => {
      onTrouble(`${run_id}: ${error instanceof Error ? error.message : String(error)}`);
    });
    return run_id;
  } catch (error) {
    const isThere = error instanceof MissionError && error.code === "RUN_EXISTS";
    if (!isThere || request.run_id === undefined) throw error;
    const { run } = await control.figures(request.run_id);
    const isSame =
      run.mission_id === request.mission_id &&
      isEqual(run.mission_inputs ?? {}, request.mission_inputs ?? {});
    if (!isSame) {
      const message = `This idempotency_key has started ${run.run_id} of ${run.mission_id}, with other inputs or another mission. Take another key.`;
      throw new MissionError("BAD_INPUT", message);
    }
    // Who was driving it may be gone; where somebody is, nothing happens.
    if (run.status === "running") control.resume(run.run_id).catch(() => {});
    return run.run_id;
  }
}

async function waitWhileRunning(
  runId: string,
  { control, until, signal }: { control: LazyMissionControl; until: number; signal: AbortSignal },
): Promise<void> {
  while ((await control.run(runId)).status === "running" && performance.now() < until) {
    await delay(PAUSE_MS, undefined, { signal });
  }
}

async function describe(
  runId: string,
  world: CallersWorld,
): Promise<z.infer<typeof standingSchema>> {
  const { run_id, mission_id, status, executive_summary, pending_approvals } =
    await world.control.run(runId);
  return {
    run_id,
    mission_id,
    status,
    summary: executive_summary,
    waits_for: pending_approvals.slice(0, MOST).map((request) => describeWaiting(request, world)),
    who_decides: whoDecides(world.control),
    ...(status === "running" ? { if_cut_short: world.command("resume", run_id) } : {}),
  };
}

function describeWaiting(request: ApprovalRequest, { command }: CallersWorld) {
  const { approval_id, run_id, task_id, due_at, stage, allowed } = request;
  const [first = "approve"] = allowed;
  return {
    approval_id,
    run_id,
    task_id,
    question: describeRequest(request),
    due_at,
    decide_with: command(
      first,
      run_id,
      stage === "agent" ? approval_id : task_id,
      ...(first === "answer" ? ["ANSWER"] : []),
      "--by",
      "NAME",
    ),
  };
}

function whoDecides(control: LazyMissionControl): string {
  const { approvers = [] } = control.policy().approvals;
  return approvers.length === 0 ? "a person, never a program" : approvers.join(" or ");
}

/** The answer as data and as text; a refusal in words of ours. */
async function answer(work: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
  try {
    const structuredContent = await work();
    return {
      structuredContent,
      content: [{ type: "text", text: JSON.stringify(structuredContent) }],
    };
  } catch (error) {
    if (!(error instanceof MissionError)) throw error;
    return { isError: true, content: [{ type: "text", text: `${error.code}: ${error.message}` }] };
  }
}
