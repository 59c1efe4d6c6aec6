/** What one kind of runtime is to the rest of the program. */

import type { UncheckedRuntime } from "../../model/task-exchange.ts";

/** `look`: at its settings and the environment; `load`: also code that is to be run here; `reach`: also servers. */
export type CheckDepth = "look" | "load" | "reach";

export interface OpenedKind {
  readonly run: UncheckedRuntime;
  /** Why it cannot be used, in words of ours; undefined when it can. */
  readonly check: (depth: CheckDepth) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
}

/** What the kinds need of the world. */
export interface KindWorld {
  /** The workspace. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What a JSON Schema says against a value, in words; empty when it passes. @throws Error when it is none. */
  readonly checkJson: (
    schema: Readonly<Record<string, unknown>>,
    value: unknown,
  ) => Promise<readonly string[]>;
}

export async function nothingToClose(): Promise<void> {}

/** The value of a variable that must be there. @throws Error naming it, never its value. */
export function requireVariable(
  { environment }: Pick<KindWorld, "environment">,
  name: string,
): string {
  const value = environment[name];
  if (value === undefined || value === "") throw new Error(`the environment has no ${name}`);
  return value;
}

/** The text without any of the secrets in it. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (scrubbed, secret) => (secret === "" ? scrubbed : scrubbed.replaceAll(secret, "•••")),
    text,
  );
}
