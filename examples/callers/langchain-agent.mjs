// An agent of LangChain with Mission Control's tools: it can start and wait, never decide.
// OPENAI_API_KEY=… node examples/callers/langchain-agent.mjs WORKSPACE "Onboard ACME, please."
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { openMissionControl } from "mission-control-orchestrator";
import { missionControlTools } from "mission-control-orchestrator/langchain";

const [workspace, content] = process.argv.slice(2);
const control = await openMissionControl({ workspace });
const model = new ChatOpenAI({
  model: process.env.OPENAI_MODEL ?? "gpt-4o-mini",
  configuration: { baseURL: process.env.OPENAI_BASE_URL },
});
const agent = createAgent({ model, tools: missionControlTools(control) });
const { messages } = await agent.invoke({ messages: [{ role: "user", content }] });
console.log(messages.at(-1).text);
await control.close();
