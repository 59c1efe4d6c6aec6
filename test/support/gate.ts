/** The gate as a client of the graph sees it. */

import { Command } from "@langchain/langgraph";

import type { MissionGraph } from "../../graph/mission-graph.ts";
import type { GateQuestion } from "../../src/approvals/question.ts";

/** What the thread asks now; undefined when it does not wait. */
export async function gateQuestion(
  graph: MissionGraph,
  threadId: string,
): Promise<GateQuestion | undefined> {
  const { tasks } = await graph.getState({ configurable: { thread_id: threadId } });
  const [interrupt] = tasks.flatMap((task) => task.interrupts);
  const question: GateQuestion | undefined = interrupt?.value;
  return question;
}

/** Answers as any client would, by a bare resume; returns what is asked then. */
export async function resumeWith(
  graph: MissionGraph,
  threadId: string,
  answer: unknown,
): Promise<GateQuestion | undefined> {
  const resume = new Command<unknown, Record<string, never>, never>({ resume: answer });
  await graph.invoke(resume, { configurable: { thread_id: threadId } });
  return gateQuestion(graph, threadId);
}
