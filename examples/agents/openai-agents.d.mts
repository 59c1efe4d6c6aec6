import type { Agent, Runner } from "@openai/agents";
import type { ResumableRuntime } from "mission-control-orchestrator";

export function createAgent(agent: Agent, runner?: Runner): ResumableRuntime;
