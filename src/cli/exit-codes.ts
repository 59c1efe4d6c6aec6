import type { RunStatus } from "../model/mission-runs.ts";

/** 0 done, 1 failed, 3 waiting for approval. A run somebody else works on is no failure. */
export function exitCodeOf(status: RunStatus): number {
  if (status === "awaiting_approval") return 3;
  return status === "failed" || status === "abandoned" ? 1 : 0;
}
