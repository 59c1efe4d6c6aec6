/** An agent as a tool of an MCP server, over HTTP or as a program. */

import type { Client, Transport } from "@modelcontextprotocol/client";
import { z } from "zod";

import type { McpSettings } from "../../model/runtime-settings.ts";
import { describeThrown } from "../describe-thrown.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import { type KindWorld, type OpenedKind, requireVariable, scrub } from "./opened-kind.ts";

const CLIENT = { name: "mission-control", version: "1" };
/** A task takes as long as the policy lets it: the deadline is the attempt's, not the client's own. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
/** How long a server may take to say that it is there, in milliseconds. */
const CONNECT_MS = 15_000;
/** How many tools are named where one is not there. */
const NAMED = 10;

/** What is used of an answer. */
const resultSchema = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.json().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

export function openMcp(settings: McpSettings, world: KindWorld): OpenedKind {
  const { tool, token_env, pass_env = [] } = settings;
  const named = [...(token_env === undefined ? [] : [token_env]), ...pass_env];
  const secrets = () => named.map((name) => world.environment[name] ?? "");
  let connecting: Promise<Client> | undefined;

  /** One connection serves all calls, until it breaks. */
  function connect(): Promise<Client> {
    connecting ??= openConnection(settings, world, () => {
      connecting = undefined;
    }).catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  }

  async function callTool(args: Record<string, unknown>, signal: AbortSignal) {
    const client = await connect();
    return resultSchema.parse(
      await client.callTool({ name: tool, arguments: args }, { signal, timeout: NO_TIMEOUT_MS }),
    );
  }

  return {
    async run(request, signal) {
      let result: z.infer<typeof resultSchema>;
      try {
        result = await callTool(fillTemplate(settings.arguments, request), signal);
      } catch (error) {
        signal.throwIfAborted();
        // oxlint-disable-next-line eslint/preserve-caught-error -- what a server says may hold what it was told
        throw new Error(`The tool ${tool} did not answer: ${describeFailure(error, secrets())}.`);
      }
      const text = result.content.flatMap((part) => part.text ?? []).join("\n");
      if (result.isError === true) throw new Error(scrub(text, secrets()) || "The tool failed.");
      return { output: result.structuredContent ?? text };
    },
    async check(depth) {
      try {
        for (const name of named) requireVariable(world, name);
        if (depth !== "reach") return undefined;
        const client = await connect();
        const { tools } = await client.listTools();
        if (tools.some(({ name }) => name === tool)) return undefined;
        const known = tools.slice(0, NAMED).map(({ name }) => name);
        return `the server has no tool ${tool}, only ${known.join(", ") || "none"}`;
      } catch (error) {
        return describeFailure(error, secrets());
      }
    },
    async close() {
      const client = await connecting?.catch(() => undefined);
      await client?.close();
    },
  };
}

async function openConnection(
  settings: McpSettings,
  world: KindWorld,
  onClose: () => void,
): Promise<Client> {
  const { Client: McpClient } = await import("@modelcontextprotocol/client");
  // No capabilities: whoever asks this program something gets no answer in a person's name.
  const client = new McpClient(CLIENT, { capabilities: {}, versionNegotiation: { mode: "auto" } });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is no event target
  client.onclose = onClose;
  await client.connect(await openTransport(settings, world), { timeout: CONNECT_MS });
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
      fetch: createAgentFetch({ headers }),
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

function describeFailure(error: unknown, secrets: readonly string[]): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const told = cause instanceof AgentCallError ? cause : error;
  return scrub(describeThrown(told), secrets).replace(/[.\s]+$/, "");
}
