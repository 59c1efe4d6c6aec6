/** An A2A agent of the official kit, that does well and badly. */

import { once } from "node:events";
import { createServer } from "node:http";

import { AGENT_CARD_PATH, type AgentCard, type Message, Role, TaskState } from "@a2a-js/sdk";
import {
  type AgentExecutor,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  type RequestContext,
} from "@a2a-js/sdk/server";
import { UserBuilder, jsonRpcHandler } from "@a2a-js/sdk/server/express";
import express from "express";
import { onTestFinished } from "vitest";
import { z } from "zod";

const portSchema = z.object({ port: z.int() });
const askedSchema = z.object({ instruction: z.string() });

export interface A2aServer {
  readonly url: string;
  /** What it was asked for, in this order. */
  readonly begun: string[];
  readonly canceled: string[];
  /** What it was told after it had asked. */
  readonly told: unknown[];
  /** Every request after the first: about tasks that were begun. */
  readonly asked: string[];
  /** Lets tasks that wait go on. */
  readonly open: () => void;
}

/** Does what the instruction says: `fail`, `ask` (twice), `ask deafly` (what it is first told, it shows nothing of), `sign-in`, `wait`, `answer`; all else is done at once. */
export async function anA2aAgent(): Promise<A2aServer> {
  const begun: string[] = [];
  const canceled: string[] = [];
  const told: unknown[] = [];
  const asked: string[] = [];
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const executor: AgentExecutor = {
    async execute(context, bus) {
      if (context.task !== undefined) {
        told.push(sayingOf(context.userMessage));
        if (begun.includes("ask deafly") && told.length === 1) await gate;
        if (told.length === 1) publish(bus, context, TaskState.TASK_STATE_INPUT_REQUIRED, "Sure?");
        else publish(bus, context, TaskState.TASK_STATE_COMPLETED, "", { told: [...told] });
        bus.finished();
        return;
      }
      const { instruction } = askedSchema.parse(dataOf(context.userMessage));
      begun.push(instruction);
      if (instruction === "answer") {
        bus.publish({ kind: "message", data: say(context, "At once.") });
        bus.finished();
        return;
      }
      publish(bus, context, TaskState.TASK_STATE_WORKING);
      if (instruction === "wait") await gate;
      if (instruction.startsWith("ask")) {
        publish(bus, context, TaskState.TASK_STATE_INPUT_REQUIRED, "Which account?");
      } else if (instruction === "sign-in")
        publish(bus, context, TaskState.TASK_STATE_AUTH_REQUIRED);
      else if (instruction === "fail") {
        publish(bus, context, TaskState.TASK_STATE_FAILED, "no database at sk-canary-1");
      } else publish(bus, context, TaskState.TASK_STATE_COMPLETED, "", { did: instruction });
      bus.finished();
    },
    async cancelTask(taskId, bus) {
      canceled.push(taskId);
      bus.finished();
    },
  };
  const app = express();
  const server = createServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    open();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${portSchema.parse(server.address()).port}`;
  const handler = new DefaultRequestHandler(aCard(url), new InMemoryTaskStore(), executor);
  app.use(`/${AGENT_CARD_PATH.replace(/^\//, "")}`, (_request, response) => {
    response.json(aCard(url));
  });
  app.use("/rpc", express.json(), (request, _response, next) => {
    const { method } = z.object({ method: z.string() }).parse(request.body);
    if (/get/i.test(method)) asked.push(method);
    next();
  });
  app.use(
    "/rpc",
    jsonRpcHandler({ requestHandler: handler, userBuilder: UserBuilder.noAuthentication }),
  );
  return { url, begun, canceled, told, asked, open: () => open() };
}

function sayingOf(message: Message): unknown {
  const [part] = message.parts;
  return part?.content?.$case === "text" ? part.content.value : dataOf(message);
}

function dataOf({ parts }: Message): unknown {
  const [part] = parts;
  return part?.content?.$case === "data" ? part.content.value : undefined;
}

function say({ contextId }: RequestContext, text: string): Message {
  return {
    messageId: crypto.randomUUID(),
    contextId,
    taskId: "",
    role: Role.ROLE_AGENT,
    parts: [
      {
        content: { $case: "text", value: text },
        metadata: undefined,
        filename: "",
        mediaType: "text/plain",
      },
    ],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

function publish(
  bus: ExecutionEventBus,
  context: RequestContext,
  state: TaskState,
  said = "",
  output?: object,
): void {
  const artifact = {
    artifactId: "output",
    name: "output",
    description: "",
    parts: [
      {
        content: { $case: "data" as const, value: output },
        metadata: undefined,
        filename: "",
        mediaType: "application/json",
      },
    ],
    metadata: undefined,
    extensions: [],
  };
  bus.publish({
    kind: "task",
    data: {
      id: context.taskId,
      contextId: context.contextId,
      status: {
        state,
        message: said === "" ? undefined : say(context, said),
        timestamp: undefined,
      },
      artifacts: output === undefined ? [] : [artifact],
      history: [],
      metadata: undefined,
    },
  });
}

function aCard(url: string): AgentCard {
  return {
    name: "Verifier",
    description: "Verifies documents.",
    supportedInterfaces: [
      { url: `${url}/rpc`, protocolBinding: "JSONRPC", tenant: "", protocolVersion: "1.0" },
    ],
    provider: undefined,
    version: "1",
    capabilities: {
      streaming: false,
      pushNotifications: false,
      extensions: [],
      extendedAgentCard: false,
    },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: ["application/json"],
    defaultOutputModes: ["application/json"],
    skills: [],
    signatures: [],
  };
}
