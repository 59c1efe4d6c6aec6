import { Client } from "@langchain/langgraph-sdk";
// A mission on a LangGraph server (`npm run studio`), as a RemoteGraph.
// node examples/callers/remote-graph.mjs URL M001 [THREAD '{"T2": {"type": "approve", "decided_by": "ana"}}']
import { RemoteGraph } from "@langchain/langgraph/remote";

const [url, mission_id, given, decisions] = process.argv.slice(2);
const client = new Client({ apiUrl: url, apiKey: null });
const graph = new RemoteGraph({ graphId: "mission_control", url, apiKey: null });
const thread_id = given ?? (await client.threads.create()).thread_id;
const config = { configurable: { thread_id } };
try {
  if (decisions === undefined) await graph.invoke({ mission_id }, config);
  else {
    // Not through RemoteGraph, whose ids of interrupts are of no use for a resume; what a person has decided goes by approval.
    const command = { resume: JSON.parse(decisions) };
    await client.runs.wait(thread_id, "mission_control", { command });
  }
} catch (error) {
  // It waits for people: that is no failure.
  if (error.name !== "GraphInterrupt") throw error;
}
const { values } = await client.threads.getState(thread_id);
const waits_for = values.hitl_queue.map(({ approval_id }) => approval_id);
console.log(JSON.stringify({ thread_id, status: values.run_status, waits_for }));
