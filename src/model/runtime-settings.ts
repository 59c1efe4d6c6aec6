/** How an agent is reached, as the registry says it: `runtime` in `specialized_agents.json`. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { figureSchema } from "./primitives.ts";

/** The name of an environment variable. Secrets are named, never written down. */
const variableSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
    error: "the name of an environment variable, such as CRM_TOKEN",
  });

const urlSchema = z.string().max(2000).refine(isWebAddress, {
  error: "an address that begins with http:// or https://, without a user name or password",
});

/** What a request has, as `agents/kinds/fill-template.ts` tells it. */
const POINTER =
  /^\/(?:run_id|mission_id|task_id|instruction|mission_inputs|inputs|attempt|idempotency_key|feedback|edits)(?:\/(?:[^/~]|~[01])*)*$/;

export const templateSchema = lazily(() =>
  z
    .record(z.string(), z.json())
    .refine(hasSoundPointers, {
      error:
        "each `at` to be a JSON Pointer into the request, such as /mission_inputs/customer or /inputs/T1/amount",
    })
    .describe(
      'What is sent, instead of the whole request: as it is, but `{"at": "/mission_inputs/customer"}` stands for what is there in the request (a JSON Pointer).',
    ),
);
export type Template = Readonly<z.infer<typeof templateSchema>>;

export const simulatedSettingsSchema = lazily(() =>
  z.strictObject({
    kind: z.literal("simulated").describe("Only pretends to work."),
  }),
);

export const moduleSettingsSchema = lazily(() =>
  z.strictObject({
    kind: z.literal("module").describe("Code that runs in this program."),
    module: z
      .string()
      .min(1)
      .max(1000)
      .describe(
        "A file within the workspace or its project and an export of it: `./agents/crm.js#agent`; the default export without `#`. A function, or anything with `invoke`: a LangChain Runnable, a compiled LangGraph graph.",
      ),
  }),
);
export type ModuleSettings = Readonly<z.infer<typeof moduleSettingsSchema>>;

export const openAiSettingsSchema = lazily(() =>
  z.strictObject({
    kind: z.literal("openai").describe("A language model behind an OpenAI-compatible interface."),
    model: z.string().min(1).max(200).describe("The model that does the work."),
    base_url: urlSchema
      .optional()
      .describe("Of an OpenAI-compatible API; OpenAI's own when it is not said."),
    token_env: variableSchema
      .default("OPENAI_API_KEY")
      .describe("The environment variable that holds the key."),
    instructions: z
      .string()
      .min(1)
      .max(100_000)
      .describe("What the agent is told to be and to do, before each task."),
    output_schema: z
      .record(z.string(), z.json())
      .optional()
      .describe("JSON Schema that the answer must have; without it the output is a text."),
    max_output_tokens: z
      .int()
      .min(1)
      .max(1e9)
      .optional()
      .describe("The longest answer, in tokens: caps what an attempt can use up, for budgets."),
    prices: z
      .strictObject({
        input: figureSchema.min(0).describe("Of a million tokens that are read."),
        output: figureSchema.min(0).describe("Of a million tokens that are written."),
      })
      .optional()
      .describe("What the model costs, in the currency of `cost_per_task`."),
  }),
);
export type OpenAiSettings = Readonly<z.infer<typeof openAiSettingsSchema>>;

export const mcpSettingsSchema = lazily(() =>
  z
    .strictObject({
      kind: z.literal("mcp").describe("A tool of an MCP server."),
      tool: z.string().min(1).max(200).describe("The tool that does the work."),
      arguments: templateSchema.optional(),
      url: urlSchema.optional().describe("Of a server over streamable HTTP."),
      token_env: variableSchema
        .optional()
        .describe("With `url`: the environment variable that holds the bearer token."),
      command: z
        .array(z.string().min(1).max(1000))
        .min(1)
        .max(100)
        .optional()
        .describe(
          "Instead of `url`: a server as a program and its arguments, run in the workspace.",
        ),
      pass_env: z
        .array(variableSchema)
        .max(100)
        .optional()
        .describe("With `command`: the environment variables that the program gets."),
    })
    .refine(({ url, command }) => (url === undefined) !== (command === undefined), {
      error: "either `url` or `command`",
    }),
);
export type McpSettings = Readonly<z.infer<typeof mcpSettingsSchema>>;

export const langGraphSettingsSchema = lazily(() =>
  z.strictObject({
    kind: z.literal("langgraph").describe("A graph on a LangGraph server."),
    url: urlSchema.describe("Of the server."),
    assistant: z.string().min(1).max(200).describe("The assistant or graph that does the work."),
    input: templateSchema.optional(),
    token_env: variableSchema
      .optional()
      .describe("The environment variable that holds the key, sent as `x-api-key`."),
  }),
);
export type LangGraphSettings = Readonly<z.infer<typeof langGraphSettingsSchema>>;

export const a2aSettingsSchema = lazily(() =>
  z.strictObject({
    kind: z.literal("a2a").describe("An agent that speaks A2A 1.0."),
    card: urlSchema.describe(
      "Of the agent, or of its card where that ends with `.json`; without, the card is where every agent has it.",
    ),
    input: templateSchema.optional(),
    token_env: variableSchema
      .optional()
      .describe("The environment variable that holds the bearer token."),
  }),
);
export type A2aSettings = Readonly<z.infer<typeof a2aSettingsSchema>>;

export const runtimeSettingsSchema = lazily(() =>
  z.discriminatedUnion("kind", [
    simulatedSettingsSchema,
    moduleSettingsSchema,
    openAiSettingsSchema,
    langGraphSettingsSchema,
    a2aSettingsSchema,
    mcpSettingsSchema,
  ]),
);
export type RuntimeSettings = Readonly<z.infer<typeof runtimeSettingsSchema>>;

/** A short name that changes with what is reached: what a run keeps. */
export function nameOfSettings(settings: RuntimeSettings): string {
  const name = sayTarget(settings);
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

const LONGEST_NAME = 200;

function sayTarget(settings: RuntimeSettings): string {
  switch (settings.kind) {
    case "simulated":
      return "simulated";
    case "module":
      return settings.module;
    case "openai":
      return settings.base_url === undefined
        ? settings.model
        : `${settings.model} at ${sayAddress(settings.base_url)}`;
    case "langgraph":
      return `${settings.assistant} at ${sayAddress(settings.url)}`;
    case "a2a":
      return sayAddress(settings.card);
    case "mcp":
      return `${settings.tool} of ${settings.url === undefined ? settings.command?.join(" ") : sayAddress(settings.url)}`;
  }
}

/** Without what follows the path: some put keys there. */
export function sayAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}

function hasSoundPointers(value: z.infer<ReturnType<typeof z.json>>): boolean {
  if (typeof value !== "object" || value === null) return true;
  const isPointer = !Array.isArray(value) && "at" in value && Object.keys(value).length === 1;
  if (isPointer) return typeof value["at"] === "string" && POINTER.test(value["at"]);
  return Object.values(value).every(hasSoundPointers);
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ["http:", "https:"].includes(protocol) && username === "" && password === "";
}
