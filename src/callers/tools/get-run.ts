import { z } from "zod";

import { idSchema } from "../../model/primitives.ts";
import { LONGEST_WAIT, waitWhileRunning } from "../begin-run.ts";
import type { CallersWorld } from "../callers-world.ts";
import { describeRun, standingSchema } from "../standing.ts";
import { type MissionTool, defineTool } from "./mission-tool.ts";

export function getRun(world: CallersWorld): MissionTool {
  return defineTool({
    name: "get_run",
    title: "See how a run stands",
    description: `How a run stands, and what it waits for. Waits up to wait_seconds (at most ${LONGEST_WAIT}) while it goes on by itself.`,
    inputSchema: z.strictObject({
      run_id: idSchema,
      wait_seconds: z.number().min(0).max(LONGEST_WAIT).default(LONGEST_WAIT),
    }),
    outputSchema: standingSchema,
    isReading: true,
    async run({ run_id, wait_seconds }, signal) {
      const until = performance.now() + wait_seconds * 1000;
      await waitWhileRunning(run_id, { control: world.control, until, signal });
      return describeRun(run_id, world);
    },
  });
}
