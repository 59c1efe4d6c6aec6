/** The runtimes that the registry describes. */

import pLimit from "p-limit";

import type { RuntimeSettings } from "../../model/runtime-settings.ts";
import type { TaskRequest } from "../../model/task-exchange.ts";
import { describeThrown } from "../describe-thrown.ts";
import { boundModel } from "./model-prompt.ts";
import { type Bound, type KindWorld, type OpenedKind, scrub } from "./opened-kind.ts";

/** Calls of one agent that are under way at once; further ones wait. */
const MOST_AT_ONCE = 32;

export type ReachedSettings = Exclude<RuntimeSettings, { kind: "simulated" }>;

/** Each kind is loaded when an agent has it. */
export function openKind(settings: ReachedSettings, world: KindWorld): OpenedKind {
  const enter = pLimit(MOST_AT_ONCE);
  const secrets = () => listSecrets(settings, world);
  let opening: Promise<OpenedKind> | undefined;
  const open = () => (opening ??= load(settings, world));
  return {
    run: (request, signal, memory) =>
      enter(async () => {
        try {
          return withoutSecrets(await (await open()).run(request, signal, memory), secrets());
        } catch (error) {
          signal.throwIfAborted();
          throw withoutSecretsIn(error, secrets());
        }
      }),
    bound: (request) => boundOf(settings, request),
    async abandon(memory) {
      try {
        await (await open()).abandon?.(memory);
      } catch {
        // It has ended, or cannot be reached: there is nothing left to do.
      }
    },
    check: async (depth) => (await open()).check(depth),
    close: async () => (await opening)?.close(),
  };
}

/** The one kind that can be capped, without loading it. */
function boundOf(settings: ReachedSettings, request: TaskRequest): Bound {
  return settings.kind === "openai" ? boundModel(settings, request) : {};
}

async function load(settings: ReachedSettings, world: KindWorld): Promise<OpenedKind> {
  switch (settings.kind) {
    case "module":
      return (await import("./module-runtime.ts")).openModule(settings, world);
    case "openai":
      return (await import("./openai-runtime.ts")).openOpenAi(settings, world);
    case "langgraph":
      return (await import("./langgraph-runtime.ts")).openLangGraph(settings, world);
    case "a2a":
      return (await import("./a2a-runtime.ts")).openA2a(settings, world);
    case "mcp":
      return (await import("./mcp-runtime.ts")).openMcp(settings, world);
  }
}

/** Shorter ones would be found in any text. */
const SHORTEST_SECRET = 8;

/** What the agent is given of the environment, and what any is: code of the workspace may see it all. */
function listSecrets(
  settings: ReachedSettings,
  { environment, secretNames }: KindWorld,
): readonly string[] {
  const names = [
    ...secretNames(),
    ...("token_env" in settings ? [settings.token_env] : []),
    ...("pass_env" in settings ? (settings.pass_env ?? []) : []),
  ];
  return names
    .map((name) => (name === undefined ? "" : (environment[name] ?? "")))
    .filter((secret) => secret.length >= SHORTEST_SECRET);
}

/** An agent that tells its key again must not have it kept. */
function withoutSecrets(reply: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return reply;
  const text = JSON.stringify(reply) ?? "";
  return secrets.some((secret) => text.includes(secret)) ? JSON.parse(scrub(text, secrets)) : reply;
}

function withoutSecretsIn(error: unknown, secrets: readonly string[]): unknown {
  const message = describeThrown(error);
  if (!secrets.some((secret) => message.includes(secret))) return error;
  return new Error(scrub(message, secrets));
}
