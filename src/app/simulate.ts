import type { Simulation } from "../agents/simulated-runtime.ts";
import { simulateKpis } from "../kpi/simulate-kpis.ts";
import type { Reference } from "../model/reference.ts";

/** Simulated agents that observe the workspace's KPIs. */
export function simulate(simulation: Simulation, reference: () => Reference): Simulation {
  return {
    observe: (task, slowness) => simulateKpis(task, slowness, reference()),
    ...simulation,
  };
}
