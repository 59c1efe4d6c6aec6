/** The documents that people edit, read and checked, as one value. */

import type { TaskCapability } from "./agent-capabilities-matrix.ts";
import type { BusinessMission } from "./business-missions.ts";
import type { MissionPlan } from "./decomposed-mission-tasks.ts";
import type { MissionKpis } from "./mission-kpis.ts";
import type { SpecializedAgent } from "./specialized-agents.ts";

export interface Reference {
  readonly missions: readonly BusinessMission[];
  readonly plans: readonly MissionPlan[];
  readonly agents: readonly SpecializedAgent[];
  readonly capabilities: readonly TaskCapability[];
  readonly kpis: readonly MissionKpis[];
}
