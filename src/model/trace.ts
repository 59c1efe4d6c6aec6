/** What others can watch a run by: spans, named by OpenTelemetry's conventions for generative AI where they have a name. */

type Value = string | number | boolean;
export type Attributes = Readonly<Record<string, Value | undefined>>;

export interface Span {
  readonly set: (attributes: Attributes) => void;
  /** Says that what it stands for has failed. */
  readonly fail: (message: string) => void;
}

export interface Trace {
  /** Work within a span, which ends with it; what the work throws is the span's failure. */
  readonly within: <T>(
    name: string,
    attributes: Attributes,
    work: (span: Span) => Promise<T>,
  ) => Promise<T>;
  /** A span of what is over. Times in milliseconds since 1970. */
  readonly record: (
    name: string,
    attributes: Attributes,
    times: { readonly start: number; readonly end: number },
  ) => Promise<void>;
  /** What tells an agent over HTTP which span it works for. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
}

const NO_SPAN: Span = { set: () => {}, fail: () => {} };

/** Nobody watches. */
export const NO_TRACE: Trace = {
  within: (_name, _attributes, work) => work(NO_SPAN),
  record: async () => {},
  headers: async () => ({}),
};

/** The names of spans; what they stand for is added. */
export const SPANS = {
  /** A run while one process drives it. */
  run: "invoke_workflow",
  /** One attempt at a task, from the call of its agent to its answer. */
  attempt: "invoke_agent",
  /** From a question at the gate to its decision. The conventions have no name for it. */
  approval: "await_approval",
  /** One request to a language model. */
  model: "chat",
} as const;

/** The names of attributes. Those that begin with `gen_ai` are of the conventions, the others ours. */
export const ATTRIBUTES = {
  operation: "gen_ai.operation.name",
  agent_id: "gen_ai.agent.id",
  agent_name: "gen_ai.agent.name",
  provider: "gen_ai.provider.name",
  model: "gen_ai.request.model",
  input_tokens: "gen_ai.usage.input_tokens",
  output_tokens: "gen_ai.usage.output_tokens",
  run_id: "mission_control.run.id",
  mission_id: "mission_control.mission.id",
  status: "mission_control.run.status",
  task_id: "mission_control.task.id",
  attempt: "mission_control.attempt",
  runtime: "mission_control.runtime",
  cost: "mission_control.cost",
  approval_id: "mission_control.approval.id",
  stage: "mission_control.approval.stage",
  decision: "mission_control.approval.decision",
} as const;

/** Attributes by the names above; what is undefined is left out. */
export function name(
  values: Readonly<Partial<Record<keyof typeof ATTRIBUTES, Value | undefined>>>,
): Attributes {
  return Object.fromEntries(
    Object.entries(ATTRIBUTES).flatMap(([key, named]) => {
      const value = new Map(Object.entries(values)).get(key);
      return value === undefined ? [] : [[named, value] as const];
    }),
  );
}
