/** An agent as a file of the workspace or of its project. */

import { existsSync, realpathSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { z } from "zod";

import type { AgentReply } from "../../model/agent-reply.ts";
import { defined } from "../../model/defined.ts";
import type { ModuleSettings } from "../../model/runtime-settings.ts";
import type { CallMemory, TaskRequest, UncheckedRuntime } from "../../model/task-exchange.ts";
import { describeThrown } from "../describe-thrown.ts";
import { tell } from "./fill-template.ts";
import { ASKS_NOTHING, answerInterrupts, interruptSchema, readInterrupts } from "./interrupts.ts";
import { type KindWorld, type OpenedKind, nothingToClose } from "./opened-kind.ts";

const LONGEST_LOAD_MS = 30_000;

const TYPESCRIPT: ReadonlySet<string> = new Set([".ts", ".mts", ".cts"]);

export function openModule(
  { module }: ModuleSettings,
  { folder }: Pick<KindWorld, "folder">,
): OpenedKind {
  let loading: Promise<UncheckedRuntime> | undefined;
  // A file that could not be loaded may be there the next time.
  const load = () =>
    (loading ??= loadAgent(module, folder).catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  return {
    run: async (request, signal, memory) => (await load())(request, signal, memory),
    async check(depth) {
      try {
        if (depth === "look") findFile(fileOf(module), folder);
        else await load();
        return undefined;
      } catch (error) {
        return { field: "module", why: describeThrown(error) };
      }
    },
    close: nothingToClose,
  };
}

async function loadAgent(module: string, folder: string): Promise<UncheckedRuntime> {
  const path = fileOf(module);
  const [, name = "default"] = module.split("#");
  const file = findFile(path, folder);
  const loaded: unknown = await importFile(file, path);
  const found: unknown =
    typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, name) : undefined;
  if (typeof found === "function") {
    return (request, signal, memory) => found(request, signal, memory);
  }
  const agent = toInvokable(found);
  if (agent !== undefined) {
    return (request, signal, memory) => invokeAgent(agent, { request, signal, memory });
  }
  const names = typeof loaded === "object" && loaded !== null ? Object.keys(loaded).join(", ") : "";
  throw new Error(
    found === undefined
      ? `${path} has no export ${name}${names === "" ? "" : `, only ${names}`}`
      : `${name} of ${path} is no function, and has no \`invoke\``,
  );
}

function fileOf(module: string): string {
  return module.replace(/#.*$/s, "");
}

/** @throws Error when it is not there, or is not in the workspace nor in its project. */
function findFile(path: string, folder: string): string {
  const file = resolve(folder, path);
  if (!existsSync(file)) throw new Error(`there is no ${path} in ${folder}`);
  const real = realpathSync(file);
  const rooms = [folder, projectOf(folder)].map((room) => realpathSync(room));
  if (rooms.some((room) => isWithin(real, room))) return real;
  throw new Error(`${path} is outside the workspace and its project`);
}

/** The nearest folder around the workspace that has a `package.json`; else the workspace itself. */
function projectOf(folder: string): string {
  let room = resolve(folder);
  for (;;) {
    if (existsSync(join(room, "package.json"))) return room;
    const around = dirname(room);
    if (around === room) return folder;
    room = around;
  }
}

function isWithin(file: string, room: string): boolean {
  const way = relative(room, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function importFile(file: string, path: string): Promise<unknown> {
  try {
    return await inTime(import(pathToFileURL(file).href));
  } catch (error) {
    const code: unknown =
      typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
    if (TYPESCRIPT.has(extname(file)) && code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new Error(
        `${path} is TypeScript, which Node ${process.versions.node} does not run: compile it, or use Node 22.18 or newer`,
        { cause: error },
      );
    }
    throw new Error(`${path} cannot be loaded: ${describeThrown(error)}`, { cause: error });
  }
}

/** A module may wait for something before it is there. */
async function inTime<T>(loading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `it is not there after ${LONGEST_LOAD_MS / 1000} seconds`;
    timer = setTimeout(() => reject(new Error(message)), LONGEST_LOAD_MS);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What has `invoke`: a Runnable, or a compiled graph, which also says where a thread stands. */
interface Invokable {
  readonly invoke: (input: unknown, options: object) => unknown;
  readonly getState?: (options: object) => unknown;
}

function toInvokable(found: unknown): Invokable | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const method = (name: string) => {
    const own: unknown = Reflect.get(found, name);
    return typeof own === "function"
      ? (...given: readonly unknown[]): unknown => Reflect.apply(own, found, given)
      : undefined;
  };
  const [invoke, getState] = [method("invoke"), method("getState")];
  return invoke === undefined ? undefined : { invoke, ...defined({ getState }) };
}

/** Where a graph of this process has stopped to ask; a graph that keeps its checkpoints is found there again. */
const continuationSchema = z.object({
  thread_id: z.string(),
  interrupts: z.array(interruptSchema),
});

async function invokeAgent(
  agent: Invokable,
  { request, signal, memory }: { request: TaskRequest; signal: AbortSignal; memory: CallMemory },
): Promise<unknown> {
  const asked = continuationSchema.safeParse(memory.continuation).data;
  const fresh = {
    thread_id: `${request.idempotency_key}:${crypto.randomUUID()}`,
    input: tell(request),
  };
  const { thread_id, input } = (asked && (await findThread(agent, asked, memory))) ?? fresh;
  const result = await agent.invoke(input, { signal, configurable: { thread_id } });
  const stopped = stoppedSchema.safeParse(result).data;
  if (stopped === undefined) return toResponse(result);
  const interrupts = askedSchema.safeParse(stopped.__interrupt__).data;
  if (interrupts === undefined) return refuse(ASKS_NOTHING);
  if (agent.getState === undefined) return refuse(CANNOT_BE_TOLD);
  const requests = readInterrupts(interrupts);
  return { kind: "needs_input", requests, continuation: { thread_id, interrupts } };
}

/** What a graph gives that has not come to its end. */
const stoppedSchema = z.looseObject({
  __interrupt__: z.unknown().refine((value) => value !== undefined),
});
const askedSchema = z.array(interruptSchema).min(1);

const CANNOT_BE_TOLD =
  "a graph within it asks, and could not be told the answer: export the compiled graph itself, not what calls it";

/** Trying again would come to the same. */
function refuse(error: string): AgentReply {
  return { kind: "failed", error, retryable: false };
}

const stateSchema = z.object({
  /** When the thread's last checkpoint was made; absent where it has none. */
  createdAt: z.string().optional(),
  tasks: z.array(z.object({ interrupts: z.array(z.object({ id: z.string().optional() })) })),
});

/** What the thread goes on with; undefined where its checkpoints died with their process. */
async function findThread(
  agent: Invokable,
  { thread_id, interrupts }: z.infer<typeof continuationSchema>,
  { answers = {} }: CallMemory,
): Promise<{ thread_id: string; input: unknown } | undefined> {
  const { Command } = await import("@langchain/langgraph");
  const state = stateSchema.safeParse(await agent.getState?.({ configurable: { thread_id } })).data;
  if (state?.createdAt === undefined) return undefined;
  const waiting = state.tasks.flatMap((task) => task.interrupts.map(({ id }) => id));
  // Where they were answered before a crash, it goes on from there.
  const isAsked = interrupts.every(({ id }) => waiting.includes(id));
  const resume = answerInterrupts(interrupts, answers);
  return { thread_id, input: isAsked ? new Command({ resume }) : null };
}

/** What a Runnable gives: an answer of ours, a message, or just the output. */
function toResponse(result: unknown): unknown {
  if (typeof result !== "object" || result === null) return { output: result };
  if ("output" in result) return result;
  // A message of LangChain.
  const text: unknown = "content" in result ? Reflect.get(result, "text") : undefined;
  return { output: typeof text === "string" ? text : result };
}
