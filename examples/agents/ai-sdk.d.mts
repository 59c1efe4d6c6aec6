import type { LanguageModel, ToolSet } from "ai";
import type { ResumableRuntime } from "mission-control-orchestrator";

export function createAgent(options: { model: LanguageModel; tools: ToolSet }): ResumableRuntime;
