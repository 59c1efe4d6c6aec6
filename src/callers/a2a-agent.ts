/**
 * Missions for other agents, over A2A 1.0: a mission is a skill, a run is a task, and a gate is "input required".
 * Whoever calls may start, ask, wait and stop what it started: a message to a task that waits decides nothing.
 */

import { type AgentCard, type Message, Role, type Task, TaskState } from "@a2a-js/sdk";
import {
  RequestMalformedError,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from "@a2a-js/sdk/errors";
import type { JsonRpcTransportHandler } from "@a2a-js/sdk/server";
import { z } from "zod";

import { MissionError } from "../errors.ts";
import { defined } from "../model/defined.ts";
import type { Json } from "../model/primitives.ts";
import { LONGEST_WAIT, beginRun, waitWhileRunning } from "./begin-run.ts";
import type { CallersWorld } from "./callers-world.ts";
import { type Standing, describeRun } from "./standing.ts";

type RequestHandler = ConstructorParameters<typeof JsonRpcTransportHandler>[0];

/** What a message has to say: the mission, and what the run is about. */
const requestSchema = z.object({
  mission_id: z.string(),
  mission_inputs: z.record(z.string(), z.json()).optional(),
  requested_by: z.string().optional(),
  priority: z.enum(["low", "normal", "high", "critical"]).optional(),
});

/** Runs of this agent, so that no other run can be asked about or stopped by its id. */
const PREFIX = "RUN_A2A_";
const NEVER = new AbortController().signal;

export function buildA2aAgent(world: CallersWorld, { url }: { url: string }): RequestHandler {
  const { control } = world;

  async function readTask(id: string): Promise<Task> {
    if (!id.startsWith(PREFIX)) throw new TaskNotFoundError();
    try {
      return toTask(await describeRun(id, world), await outputOf(id));
    } catch (error) {
      if (error instanceof MissionError && error.code === "UNKNOWN_RUN")
        throw new TaskNotFoundError();
      throw error;
    }
  }

  async function outputOf(id: string): Promise<Json> {
    const { kpis, status } = await control.report(id);
    const measured = kpis.map(({ label, unit, observed, target, status: light }) => ({
      label,
      unit,
      observed,
      target,
      status: light,
    }));
    return { run_id: id, status, kpis: measured };
  }

  return {
    getAgentCard: async () => describeAgent(world, url),
    async sendMessage({ message, configuration }) {
      if (message === undefined || message.messageId === "") {
        throw new RequestMalformedError("a message with a messageId is needed");
      }
      const id = await begin(message, world);
      if (typeof id !== "string") return id;
      if (configuration?.returnImmediately !== true) {
        const until = performance.now() + LONGEST_WAIT * 1000;
        await waitWhileRunning(id, { control, until, signal: NEVER });
      }
      return readTask(id);
    },
    getTask: ({ id }) => readTask(id),
    async cancelTask({ id }) {
      await readTask(id);
      try {
        await control.cancel(id, { reason: "cancelled by the agent that started it", by: "a2a" });
      } catch (error) {
        // It has ended, or agents are at work for it just now.
        if (error instanceof MissionError) throw new TaskNotCancelableError(error.message);
        throw error;
      }
      return readTask(id);
    },
    getAuthenticatedExtendedAgentCard: refuse,
    sendMessageStream: refuseStream,
    resubscribe: refuseStream,
    listTasks: refuse,
    createTaskPushNotificationConfig: refuse,
    getTaskPushNotificationConfig: refuse,
    listTaskPushNotificationConfigs: refuse,
    deleteTaskPushNotificationConfig: refuse,
  };
}

/** The run's id; or a message that says what is wrong, where nothing was started. */
async function begin(message: Message, world: CallersWorld): Promise<string | Message> {
  // Whatever is said to a task that is there, it decides nothing.
  if (message.taskId !== "") return message.taskId;
  const found = readRequest(message);
  try {
    const request = requestSchema.safeParse(found);
    if (!request.success) {
      const { missions } = world.control.reference();
      const ids = missions.map(({ mission_id }) => mission_id).join(", ");
      return say(
        message,
        `Say which mission, as data: {"mission_id": …, "mission_inputs": {…}}. There are ${ids}.`,
      );
    }
    const run_id = `${PREFIX}${world.hash(message.messageId).slice(0, 24)}`;
    return await beginRun({ ...defined(request.data), run_id }, world);
  } catch (error) {
    if (error instanceof MissionError) return say(message, `${error.code}: ${error.message}`);
    throw error;
  }
}

/** Data; or the name of a mission as text. */
function readRequest({ parts }: Message): unknown {
  for (const { content } of parts) {
    if (content?.$case === "data") return content.value;
    if (content?.$case === "text") return { mission_id: content.value.trim() };
  }
  return undefined;
}

const STATES: Readonly<Record<string, TaskState>> = {
  running: TaskState.TASK_STATE_WORKING,
  awaiting_approval: TaskState.TASK_STATE_INPUT_REQUIRED,
  completed: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  abandoned: TaskState.TASK_STATE_CANCELED,
};

function toTask(standing: Standing, output: Json): Task {
  const { run_id, status, summary, waits_for, who_decides } = standing;
  const questions = waits_for.map(
    ({ question, decide_with }) => `${question} A person decides: ${decide_with}`,
  );
  const words =
    questions.length === 0
      ? summary
      : [`Waits for ${who_decides}; you cannot decide it.`, ...questions].join("\n");
  const isOver = status === "completed";
  return {
    id: run_id,
    contextId: run_id,
    status: {
      state: STATES[status] ?? TaskState.TASK_STATE_UNSPECIFIED,
      message: aMessage(words, { contextId: run_id, taskId: run_id }),
      timestamp: undefined,
    },
    artifacts: isOver
      ? [
          {
            artifactId: "report",
            name: "report",
            description: "What came of the run.",
            parts: [
              aPart({ $case: "text", value: summary }),
              aPart({ $case: "data", value: output }),
            ],
            metadata: undefined,
            extensions: [],
          },
        ]
      : [],
    history: [],
    metadata: undefined,
  };
}

function say({ contextId }: Message, text: string): Message {
  return aMessage(text, { contextId, taskId: "" });
}

function aMessage(text: string, of: { contextId: string; taskId: string }): Message {
  return {
    ...of,
    messageId: crypto.randomUUID(),
    role: Role.ROLE_AGENT,
    parts: [aPart({ $case: "text", value: text })],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

type Part = Message["parts"][number];

function aPart(content: NonNullable<Part["content"]>): Part {
  const mediaType = content.$case === "text" ? "text/plain" : "application/json";
  return { content, metadata: undefined, filename: "", mediaType };
}

function describeAgent({ control }: CallersWorld, url: string): AgentCard {
  const { missions } = control.reference();
  return {
    name: "Mission Control",
    description:
      "Runs business missions through specialised agents, and stops where a person must decide.",
    supportedInterfaces: [{ url, protocolBinding: "JSONRPC", tenant: "", protocolVersion: "1.0" }],
    provider: undefined,
    version: "1",
    capabilities: {
      streaming: false,
      pushNotifications: false,
      extensions: [],
      extendedAgentCard: false,
    },
    securitySchemes: {
      bearer: {
        scheme: {
          $case: "httpAuthSecurityScheme",
          value: { description: "", scheme: "bearer", bearerFormat: "" },
        },
      },
    },
    securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    defaultInputModes: ["application/json", "text/plain"],
    defaultOutputModes: ["application/json", "text/plain"],
    skills: missions.map(({ mission_id, mission_name, description = "" }) => ({
      id: mission_id,
      name: mission_name,
      description: description || mission_name,
      tags: ["mission"],
      examples: [],
      inputModes: [],
      outputModes: [],
      securityRequirements: [],
    })),
    signatures: [],
  };
}

async function refuse(): Promise<never> {
  throw new UnsupportedOperationError();
}

// oxlint-disable-next-line eslint/require-yield -- it has nothing to yield
async function* refuseStream(): AsyncGenerator<never, void, undefined> {
  throw new UnsupportedOperationError();
}
