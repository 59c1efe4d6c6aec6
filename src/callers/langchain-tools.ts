/** Missions for agents of LangChain, as tools. */

import { type StructuredToolInterface, tool } from "@langchain/core/tools";

import { MissionError } from "../errors.ts";
import type { CallersWorld } from "./callers-world.ts";
import { buildMissionTools } from "./mission-tools.ts";

const NEVER = new AbortController().signal;

export function toLangChainTools(world: CallersWorld): StructuredToolInterface[] {
  return buildMissionTools(world).map(({ name, description, inputSchema, call }) =>
    tool(
      async (input, config) => {
        try {
          return JSON.stringify(await call(input, config.signal ?? NEVER));
        } catch (error) {
          // Said to the model, which can do something about it.
          if (error instanceof MissionError) return `${error.code}: ${error.message}`;
          throw error;
        }
      },
      { name, description, schema: inputSchema },
    ),
  );
}
