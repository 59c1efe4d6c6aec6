/** An agent as a tool of an MCP server, over HTTP or as a program. */

import type { Client, Transport } from "@modelcontextprotocol/client";
import { z } from "zod";

import type { McpSettings } from "../../model/runtime-settings.ts";
import { describeThrown } from "../describe-thrown.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import { answerInputs, askInputs } from "./mcp-inputs.ts";
import {
  type KindWorld,
  type OpenedKind,
  objectTo,
  requireVariable,
  scrub,
} from "./opened-kind.ts";

const CLIENT = { name: "mission-control", version: "1" };
/** A task takes as long as the policy lets it: the deadline is the attempt's, not the client's own. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
/** How long a server may take to say that it is there, in milliseconds. */
const CONNECT_MS = 15_000;
/** Of what a server says of itself, in characters. */
const LONGEST_REASON = 300;
/** How many tools are named where one is not there. */
const NAMED = 10;

/** What is used of an answer. */
const resultSchema = z.object({
  resultType: z.string().optional(),
  inputRequests: z.record(z.string(), z.unknown()).optional(),
  requestState: z.string().optional(),
  isError: z.boolean().optional(),
  structuredContent: z.json().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

/** An error of the client: by the protocol it has a number; of a program, a system call. */
const failureSchema = z.object({
  cause: z.unknown().optional(),
  code: z.unknown().optional(),
  syscall: z.string().optional(),
});

export function openMcp(settings: McpSettings, world: KindWorld): OpenedKind {
  const { tool, token_env, pass_env = [] } = settings;
  const named = [...(token_env === undefined ? [] : [token_env]), ...pass_env];
  const secrets = () => named.map((name) => world.environment[name] ?? "");
  const requireNamed = (name: string) =>
    requireVariable(world, name, name === token_env ? "token_env" : "pass_env");
  const closing = new AbortController();
  let connecting: Promise<Client> | undefined;

  /** One connection serves all calls, until it breaks. */
  function connect(): Promise<Client> {
    connecting ??= openConnection(settings, {
      world,
      signal: closing.signal,
      onClose: () => {
        connecting = undefined;
      },
    }).catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  }

  async function callTool(args: Record<string, unknown>, told: object, signal: AbortSignal) {
    const client = await connect();
    const options = { signal, timeout: NO_TIMEOUT_MS, allowInputRequired: true };
    return resultSchema.parse(
      await client.callTool({ name: tool, arguments: args, ...told }, options),
    );
  }

  return {
    async run(request, signal, memory) {
      let result: z.infer<typeof resultSchema>;
      try {
        const args = fillTemplate(settings.arguments, request);
        const told = { _meta: { idempotency_key: request.idempotency_key } };
        result = await callTool(args, { ...told, ...answerInputs(memory) }, signal);
        if (result.resultType === "input_required") return askInputs(result);
      } catch (error) {
        signal.throwIfAborted();
        // oxlint-disable-next-line eslint/preserve-caught-error -- what a server says may hold what it was told
        throw new Error(`The tool ${tool} did not answer: ${describeFailure(error, secrets())}.`);
      }
      const text = result.content.flatMap((part) => part.text ?? []).join("\n");
      if (result.isError === true) throw new Error(scrub(text, secrets()) || "The tool failed.");
      const output = result.structuredContent ?? text;
      if (output === "") throw new Error(`The tool ${tool} answered with no text and no data.`);
      return { output };
    },
    async check(depth) {
      try {
        for (const name of named) requireNamed(name);
        if (depth !== "reach") return undefined;
        const client = await connect();
        const { tools } = await client.listTools();
        if (tools.some(({ name }) => name === tool)) return undefined;
        const known = tools.slice(0, NAMED).map(({ name }) => name);
        const why = `the server has no tool ${tool}, only ${known.join(", ") || "none"}`;
        return { field: "tool", why };
      } catch (error) {
        const field = settings.url === undefined ? "command" : "url";
        return objectTo(error, field, describeFailure(error, secrets()));
      }
    },
    async close() {
      closing.abort();
    },
  };
}

async function openConnection(
  settings: McpSettings,
  { world, signal, onClose }: { world: KindWorld; signal: AbortSignal; onClose: () => void },
): Promise<Client> {
  const { Client: McpClient } = await import("@modelcontextprotocol/client");
  // What a tool asks, people decide: nothing is answered here in a person's name.
  const client = new McpClient(CLIENT, {
    capabilities: { elicitation: { form: {}, url: {} } },
    versionNegotiation: { mode: "auto" },
    inputRequired: { autoFulfill: false },
  });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is no event target
  client.onclose = onClose;
  const transport = await openTransport(settings, world);
  // Closing the client waits for a connection that is still being made.
  signal.addEventListener("abort", () => void transport.close());
  await client.connect(transport, { timeout: CONNECT_MS });
  return client;
}

async function openTransport(
  { url, token_env, command = [], pass_env = [] }: McpSettings,
  world: KindWorld,
): Promise<Transport> {
  if (url !== undefined) {
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
    const headers: Record<string, string> =
      token_env === undefined
        ? {}
        : { Authorization: `Bearer ${requireVariable(world, token_env)}` };
    return new StreamableHTTPClientTransport(new URL(url), {
      fetch: createAgentFetch({ headers, carry: world.trace.headers }),
    });
  }
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
  const [program = "", ...args] = command;
  const { PATH = "", HOME = "" } = world.environment;
  const given = pass_env.map((name) => [name, requireVariable(world, name)] as const);
  return new StdioClientTransport({
    command: program,
    args,
    cwd: world.folder,
    env: { PATH, HOME, ...Object.fromEntries(given) },
    stderr: "ignore",
  });
}

/** In words of ours, but for what a server says by the protocol, and why a program cannot be started. */
function describeFailure(error: unknown, secrets: readonly string[]): string {
  const failure = failureSchema.safeParse(error).data;
  const own = [error, failure?.cause].find((each) => each instanceof AgentCallError);
  if (own !== undefined) return own.message;
  const isTold = typeof failure?.code === "number" || failure?.syscall !== undefined;
  const isOurs = error instanceof Error && error.constructor === Error;
  if (!isTold && !isOurs) return "its answer cannot be read, or there was none";
  return scrub(describeThrown(error), secrets)
    .slice(0, LONGEST_REASON)
    .replace(/[.\s]+$/, "");
}
