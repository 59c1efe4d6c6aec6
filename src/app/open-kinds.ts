/** Runtimes that the registry describes, in this workspace and this environment. */

import { openKind } from "../agents/kinds/open-kind.ts";
import type { OpenKind } from "../agents/runtimes.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import { checkJson } from "./input-schema.ts";
import { openTelemetry } from "./open-telemetry.ts";

/** @param folder the workspace. @param agents of its registry, as they are now. */
export function createOpenKind(
  folder: string,
  agents: () => readonly SpecializedAgent[],
): OpenKind {
  const secretNames = () => ["OPENAI_API_KEY", "DATABASE_URL", ...agents().flatMap(tokenNames)];
  return (settings) =>
    openKind(settings, {
      folder,
      environment: process.env,
      secretNames,
      checkJson,
      trace: openTelemetry,
    });
}

function tokenNames({ runtime }: SpecializedAgent): readonly string[] {
  const isNaming = typeof runtime === "object" && "token_env" in runtime;
  return isNaming && runtime.token_env !== undefined ? [runtime.token_env] : [];
}
