import { z } from "zod";

import { idSchema } from "../../model/primitives.ts";
import type { CallersWorld } from "../callers-world.ts";
import { MOST_LISTED, describeWaiting, waitingSchema, whoDecides } from "../standing.ts";
import { type MissionTool, defineTool } from "./mission-tool.ts";

export function listApprovals(world: CallersWorld): MissionTool {
  const { control } = world;
  return defineTool({
    name: "list_approvals",
    title: "See what waits for people",
    description: "What people have to decide, the most urgent first. You cannot decide it.",
    inputSchema: z.strictObject({ run_id: idSchema.optional() }),
    outputSchema: z.object({ approvals: z.array(waitingSchema), who_decides: z.string() }),
    isReading: true,
    async run({ run_id }) {
      const which = { ...(run_id === undefined ? {} : { run_id }), limit: MOST_LISTED };
      const pending = await control.pendingApprovals(which);
      const approvals = pending.map((request) => describeWaiting(request, world));
      return { approvals, who_decides: whoDecides(control) };
    },
  });
}
