import { z } from "zod";

import { idSchema } from "../../model/primitives.ts";
import type { CallersWorld } from "../callers-world.ts";
import { MOST_LISTED } from "../standing.ts";
import { type MissionTool, defineTool } from "./mission-tool.ts";

export function explainRun({ control }: CallersWorld): MissionTool {
  return defineTool({
    name: "explain_run",
    title: "Explain a run",
    description: "What happened in a run, its KPIs and open risks, and what to do next.",
    inputSchema: z.strictObject({ run_id: idSchema }),
    outputSchema: z.object({
      run_id: z.string(),
      status: z.string(),
      summary: z.string(),
      kpis: z.array(
        z.object({
          label: z.string(),
          unit: z.string(),
          observed: z.number().nullable(),
          target: z.number(),
          status: z.string(),
        }),
      ),
      open_risks: z.array(z.object({ risk: z.string(), severity: z.string() })),
      next_steps: z.array(z.object({ who: z.string().nullable(), what: z.string() })),
    }),
    isReading: true,
    async run({ run_id }) {
      const report = await control.report(run_id);
      return {
        run_id,
        status: report.status,
        summary: report.executive_summary,
        kpis: report.kpis.map(({ label, unit, observed, target, status }) => {
          return { label, unit, observed, target, status };
        }),
        open_risks: report.risks
          .filter(({ status }) => status === "open")
          .slice(0, MOST_LISTED)
          .map(({ description, severity }) => ({ risk: description, severity })),
        next_steps: report.next_steps.slice(0, MOST_LISTED).map(({ who, what }) => ({ who, what })),
      };
    },
  });
}
