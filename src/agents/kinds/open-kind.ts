/** The runtimes that the registry describes. */

import pLimit from "p-limit";

import type { RuntimeSettings } from "../../model/runtime-settings.ts";
import type { KindWorld, OpenedKind } from "./opened-kind.ts";

/** Calls of one agent that are under way at once; further ones wait. */
const MOST_AT_ONCE = 32;

export type ReachedSettings = Exclude<RuntimeSettings, { kind: "simulated" }>;

/** Each kind is loaded when an agent has it. */
export function openKind(settings: ReachedSettings, world: KindWorld): OpenedKind {
  const enter = pLimit(MOST_AT_ONCE);
  let opening: Promise<OpenedKind> | undefined;
  const open = () => (opening ??= load(settings, world));
  return {
    run: (request, signal, memory) =>
      enter(async () => (await open()).run(request, signal, memory)),
    check: async (depth) => (await open()).check(depth),
    close: async () => (await opening)?.close(),
  };
}

async function load(settings: ReachedSettings, world: KindWorld): Promise<OpenedKind> {
  switch (settings.kind) {
    case "module":
      return (await import("./module-runtime.ts")).openModule(settings, world);
    case "openai":
      return (await import("./openai-runtime.ts")).openOpenAi(settings, world);
    case "langgraph":
      return (await import("./langgraph-runtime.ts")).openLangGraph(settings, world);
    case "a2a":
      return (await import("./a2a-runtime.ts")).openA2a(settings, world);
    case "mcp":
      return (await import("./mcp-runtime.ts")).openMcp(settings, world);
  }
}
