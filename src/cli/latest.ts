import type { LazyMissionControl } from "../app/mission-control.ts";

/** The run that is meant: `latest` stands for the newest, unless a run is called so. */
export async function meantRun(control: LazyMissionControl, given: string): Promise<string> {
  if (given !== "latest") return given;
  const [newest] = (await control.runs({ limit: 1 })).toReversed();
  return newest?.run_id ?? given;
}
