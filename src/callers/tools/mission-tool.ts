/** One thing that a caller can do, whatever it calls by. There is none that decides. */

import type { z } from "zod";

export interface MissionTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: z.ZodObject;
  readonly outputSchema: z.ZodObject;
  /** Whether it only looks. */
  readonly isReading: boolean;
  /** @throws ZodError for input of another shape; MissionError. */
  readonly call: (input: unknown, signal: AbortSignal) => Promise<Record<string, unknown>>;
}

/** The tool, with what it is called with checked. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>({
  run,
  ...tool
}: Omit<MissionTool, "inputSchema" | "outputSchema" | "call"> & {
  readonly inputSchema: I;
  readonly outputSchema: O;
  readonly run: (input: z.output<I>, signal: AbortSignal) => Promise<z.output<O>>;
}): MissionTool {
  return { ...tool, call: (input, signal) => run(tool.inputSchema.parse(input), signal) };
}
