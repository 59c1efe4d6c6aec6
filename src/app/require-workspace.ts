import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { MissionError } from "../errors.ts";

/** The document that makes a folder a workspace. */
export const MARK = "business_missions.json";

export function isWorkspace(folder: string): boolean {
  return existsSync(join(folder, MARK));
}

/** The folder's full path. @throws MissionError `NO_WORKSPACE` when it is not a workspace. */
export function requireWorkspace(folder: string): string {
  const path = resolve(folder);
  if (isWorkspace(path)) return path;
  const how = `\`mission-control init ${folder}\` makes one from the sample.`;
  throw new MissionError("NO_WORKSPACE", `There is no workspace in ${path}. ${how}`);
}
