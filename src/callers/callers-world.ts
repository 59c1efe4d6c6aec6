import type { MissionControl } from "../app/mission-control.ts";

/** All of it but the graph. */
export type ServedMissionControl = Omit<MissionControl, "graph">;

/** What callers of every kind are served with. */
export interface CallersWorld {
  readonly control: ServedMissionControl;
  /** A command as a person has to type it. */
  readonly command: (...words: readonly string[]) => string;
  readonly hash: (text: string) => string;
  /** Told of a run that could not go on. */
  readonly onTrouble: (message: string) => void;
}
