// An agent made with the AI SDK: where one of its tools needs approval, people are asked at the gate.
// In specialized_agents.json: "runtime": { "kind": "module", "module": "./agents/my-agent.mjs#agent" }
import { generateText, stepCountIs } from "ai";

export const createAgent =
  ({ model, tools }) =>
  async ({ task, inputs }, abortSignal, { continuation, answers }) => {
    const prompt = `${task.task}\n\n${JSON.stringify(inputs)}`;
    const messages = continuation ?? [{ role: "user", content: prompt }];
    if (answers !== undefined) {
      const content = Object.entries(answers).map(([approvalId, { type, reason }]) => ({
        type: "tool-approval-response",
        approvalId,
        approved: type === "approve",
        reason,
      }));
      messages.push({ role: "tool", content });
    }
    const stopWhen = stepCountIs(20);
    const result = await generateText({ model, tools, messages, abortSignal, stopWhen });
    const { inputTokens: input_tokens, outputTokens: output_tokens } = result.totalUsage;
    const usage = { input_tokens, output_tokens };
    const asked = result.content.filter(({ type }) => type === "tool-approval-request");
    if (asked.length === 0) return { output: result.text, usage };
    return {
      kind: "needs_input",
      continuation: [...messages, ...result.response.messages],
      requests: asked.map(({ approvalId, toolCall }) => ({
        key: approvalId,
        title: `May it call ${toolCall.toolName}?`,
        args: toolCall.input,
        allowed: ["approve", "reject"],
      })),
      usage,
    };
  };
