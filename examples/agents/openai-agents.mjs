// An agent made with the OpenAI Agents SDK: where one of its tools needs approval, people are asked at the gate.
// In specialized_agents.json: "runtime": { "kind": "module", "module": "./agents/my-agent.mjs#agent" }
import { RunState, Runner } from "@openai/agents";

export const createAgent = (agent, runner = new Runner({ tracingDisabled: true })) => {
  const keyOf = ({ rawItem }) => rawItem.callId;
  return async ({ task, inputs }, signal, { continuation, answers }) => {
    let input = `${task.task}\n\n${JSON.stringify(inputs)}`;
    if (continuation !== undefined) {
      input = await RunState.fromString(agent, continuation);
      for (const item of input.getInterruptions()) {
        const { type, reason: message } = answers[keyOf(item)];
        if (type === "approve") input.approve(item);
        else input.reject(item, { message });
      }
    }
    const result = await runner.run(agent, input, { signal });
    const { inputTokens: input_tokens, outputTokens: output_tokens } = result.state.usage;
    const usage = { input_tokens, output_tokens };
    if (result.interruptions.length === 0) return { output: result.finalOutput, usage };
    return {
      kind: "needs_input",
      continuation: result.state.toString(),
      requests: result.interruptions.map((item) => ({
        key: keyOf(item),
        title: `May it call ${item.rawItem.name}?`,
        args: JSON.parse(item.rawItem.arguments),
        allowed: ["approve", "reject"],
      })),
    };
  };
};
