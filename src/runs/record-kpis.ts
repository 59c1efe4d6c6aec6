/** Business figures that arrive late. */

import { MissionError } from "../errors.ts";
import { requireUsableFigures } from "../kpi/observations.ts";
import { measuresOf } from "../kpi/plan-measures.ts";
import { isEnded } from "../model/mission-runs.ts";
import { figuresSchema } from "../model/primitives.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { assessRun } from "./assess-run.ts";
import { polishRun } from "./polish-run.ts";
import { readFigures, readRun } from "./read-run.ts";
import { renewSummary } from "./summarize-run.ts";
import type { RunWorld } from "./world.ts";

/**
 * Records figures, and brings the run's risk events, summary and report in line.
 *
 * @throws MissionError `UNKNOWN_RUN`, `BAD_INPUT` with the KPIs there are, `BUSY` while the run is worked on.
 */
export async function recordKpis(runId: string, figures: unknown, world: RunWorld): Promise<void> {
  const { store } = world;
  const { run, plan } = await readRun(runId, world);
  const { definitions } = measuresOf(plan);
  const parsed = figuresSchema.safeParse(figures);
  if (!parsed.success || Object.keys(parsed.data).length === 0) {
    const { error } = parsed;
    const what =
      error === undefined ? "no figure is given" : sayFirstIssue(error, { value: figures });
    const known = definitions.map(({ kpi }) => kpi);
    throw new MissionError(
      "BAD_INPUT",
      `${what}. A figure is a number. KPIs of ${run.mission_id}: ${known.join(", ")}.`,
      { details: { known } },
    );
  }
  requireUsableFigures(parsed.data, run.mission_id, definitions);
  const lease = await store.takeLease(runId);
  try {
    const renew = renewSummary(world);
    const recorded = await store.changeRun(runId, (current, record) => {
      const changed = {
        ...current,
        kpis: { ...current.kpis, ...parsed.data },
        kpis_recorded: { ...current.kpis_recorded, ...parsed.data },
      };
      return renew(changed, { ...record, run: changed });
    });
    await assessRun(await readFigures(runId, world), world);
    if (isEnded(recorded)) await polishRun(runId, world, new AbortController().signal);
    await world.publish();
  } finally {
    await lease.release();
  }
}
