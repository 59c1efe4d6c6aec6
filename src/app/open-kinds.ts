/** Runtimes that the registry describes, in this workspace and this environment. */

import { openKind } from "../agents/kinds/open-kind.ts";
import type { OpenKind } from "../agents/runtimes.ts";
import { checkJson } from "./input-schema.ts";
import { openTelemetry } from "./open-telemetry.ts";

/** @param folder the workspace. */
export function createOpenKind(folder: string): OpenKind {
  return (settings) =>
    openKind(settings, { folder, environment: process.env, checkJson, trace: openTelemetry });
}
