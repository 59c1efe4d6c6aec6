/** What carries out an agent's tasks, as a run keeps it from its opening on. */

import { z } from "zod";

import { lazily } from "./lazily.ts";

/**
 * `simulated` only pretends; a `function` is handed to the library by the program that embeds it; the
 * registry says how all others are reached.
 */
export const runtimeKindSchema = z.enum([
  "simulated",
  "function",
  "module",
  "openai",
  "langgraph",
  "a2a",
  "mcp",
]);
export type RuntimeKind = z.infer<typeof runtimeKindSchema>;

export const pinnedRuntimeSchema = lazily(() =>
  z.object({
    kind: runtimeKindSchema.describe(
      "`simulated`, a `function` that a program hands in, or how it is reached.",
    ),
    name: z
      .string()
      .min(1)
      .max(200)
      .describe("The name under which it is handed in, or what is reached."),
  }),
);
export type PinnedRuntime = Readonly<z.infer<typeof pinnedRuntimeSchema>>;
