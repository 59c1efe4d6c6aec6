// A graph of your own, with a mission as one of its steps: its gate is your graph's interrupt.
// node examples/callers/subgraph.mjs WORKSPACE M001
import { Annotation, Command, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { openMissionControl } from "mission-control-orchestrator";

const [workspace, mission_id] = process.argv.slice(2);
const control = await openMissionControl({ workspace });
// What the two graphs share has the same name.
const State = Annotation.Root({
  mission_id: Annotation(),
  run_id: Annotation(),
  run_status: Annotation(),
  executive_summary: Annotation(),
  letter: Annotation(),
});
const write = ({ executive_summary }) => ({ letter: `Dear board: ${executive_summary}` });
const graph = new StateGraph(State)
  .addNode("mission", control.graph)
  .addNode("write", write)
  .addEdge(START, "mission")
  .addEdge("mission", "write")
  .addEdge("write", END)
  .compile({ checkpointer: new MemorySaver() });

const thread = { configurable: { thread_id: crypto.randomUUID() } };
const asked = await graph.invoke({ mission_id }, thread);
const [{ value: question }] = asked.__interrupt__;
console.log(question.approvals.map(({ approval_id }) => approval_id).join(", "));
// A person has decided: here, in the answer; it may as well be `mission-control approve`, and { deliver: true }.
const resume = { T2: { type: "approve", decided_by: "ana" } };
console.log((await graph.invoke(new Command({ resume }), thread)).letter);
await control.close();
