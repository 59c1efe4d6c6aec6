import { z } from "zod";

import type { CallersWorld } from "../callers-world.ts";
import { type MissionTool, defineTool } from "./mission-tool.ts";

export function showPortfolio({ control }: CallersWorld): MissionTool {
  return defineTool({
    name: "portfolio",
    title: "See how all missions stand",
    description: "KPIs on target, the risk, what it means and what is asked, over all missions.",
    inputSchema: z.strictObject({
      date: z.iso.date().optional().describe("As at the end of that day, UTC."),
    }),
    outputSchema: z.object({
      date: z.string(),
      kpis_on_target: z.string(),
      risk: z.string(),
      so_what: z.string(),
      ask: z.string(),
    }),
    isReading: true,
    async run({ date }) {
      const { snapshot, outcome, verdict, so_what, ask } = await control.portfolio(date);
      const kpis_on_target = `${outcome.on_target} of ${outcome.judged}`;
      return { date: snapshot.snapshot_date, kpis_on_target, risk: verdict, so_what, ask };
    },
  });
}
