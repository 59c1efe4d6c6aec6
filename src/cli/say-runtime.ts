import { nameOfSettings } from "../model/runtime-settings.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";

/** What carries out an agent's tasks, in a cell of a table. */
export function sayRuntime(runtime: SpecializedAgent["runtime"]): string {
  if (runtime === undefined) return "none: simulated";
  if (typeof runtime === "string") return runtime;
  return runtime.kind === "simulated"
    ? runtime.kind
    : `${runtime.kind}: ${nameOfSettings(runtime)}`;
}
