/** The graph on LangGraph's own development server, driven as Studio and the Agent Inbox drive it. */

import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import { type MissionControl, openMissionControl } from "../../src/index.ts";
import { progressEventSchema } from "../../src/execution/progress-event.ts";
import {
  type DevelopmentServer,
  startDevelopmentServer,
} from "../support/development-server.ts";
import { aMissionControl, readDocument, writeDocument } from "../support/workspace.ts";

const GRAPH = "mission_control";

const threadSchema = z.object({
  values: z.object({
    mission_id: z.string(),
    run_id: z.string(),
    run_status: z.string(),
    report: z.string(),
    last_error: z.string(),
    task_results_by_id: z.record(z.string(), z.unknown()),
  }),
  next: z.array(z.string()),
  tasks: z.array(
    z.object({
      interrupts: z.array(
        z.object({
          id: z.string(),
          value: z.object({
            run_id: z.string(),
            last_error: z.string().optional(),
            action_request: z.object({ action: z.string() }),
            approvals: z.array(z.object({ approval_id: z.string(), task_id: z.string() })),
          }),
        }),
      ),
    }),
  ),
});
