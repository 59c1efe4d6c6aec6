/** What one kind of runtime is to the rest of the program. */

import type { AgentMemory } from "../../model/agent-reply.ts";
import type { CheckJson } from "../../model/json-schema.ts";
import type { TaskRequest, UncheckedRuntime } from "../../model/task-exchange.ts";
import type { Trace } from "../../model/trace.ts";

/** `look`: at its settings and the environment; `load`: also code that is to be run here; `reach`: also servers. */
export type CheckDepth = "look" | "load" | "reach";

/** What is wrong with a setting of `runtime`, in words of ours. */
export interface Objection {
  readonly field: string;
  readonly why: string;
}

/** Absent where nothing caps it. */
export interface Bound {
  readonly tokens?: number;
  readonly cost?: number;
}

export interface OpenedKind {
  readonly run: UncheckedRuntime;
  /** Why it cannot be used; undefined when it can. */
  readonly check: (depth: CheckDepth) => Promise<Objection | undefined>;
  /** What a task can use up at most, where it is capped. */
  readonly bound?: (request: TaskRequest) => Bound;
  /** Tells it that nobody waits any more for what it was called for; best effort. Absent where nothing goes on elsewhere. */
  readonly abandon?: (memory: AgentMemory) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the kinds need of the world. */
export interface KindWorld {
  /** The workspace. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables with keys and tokens of any agent: what none of them may have kept. */
  readonly secretNames: () => readonly string[];
  readonly checkJson: CheckJson;
  readonly trace: Trace;
}

export async function nothingToClose(): Promise<void> {}

/** The value of a variable that must be there. @throws SettingError naming it, never its value. */
export function requireVariable(
  { environment }: Pick<KindWorld, "environment">,
  name: string,
  field = "token_env",
): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new SettingError(field, `the environment has no ${name}`);
  }
  return value;
}

/** What is wrong with a setting, in words of ours. */
export class SettingError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** What an error says against a setting. @param field of what goes wrong where the error names none. */
export function objectTo(error: unknown, field: string, why: string): Objection {
  return error instanceof SettingError
    ? { field: error.field, why: error.message }
    : { field, why };
}

/** The text without any of the secrets in it. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (scrubbed, secret) => (secret === "" ? scrubbed : scrubbed.replaceAll(secret, "•••")),
    text,
  );
}
