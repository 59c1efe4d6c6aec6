/** What calls of an agent take of the world, in tests. */

import type { callAgent } from "../../src/agents/call-agent.ts";
import type { CheckDepth, OpenedKind } from "../../src/agents/kinds/opened-kind.ts";
import { systemClock, waitSeconds } from "../../src/app/system.ts";
import type { AgentAnswer } from "../../src/model/agent-reply.ts";
import type { Json } from "../../src/model/primitives.ts";
import type { CallMemory } from "../../src/model/task-exchange.ts";

export interface KnownMemory extends CallMemory {
  handle?: Json;
}

/** Remembers a handle, as the store does. */
export function aMemory(known: Omit<CallMemory, "keep" | "tell" | "handle"> = {}): KnownMemory {
  const memory: KnownMemory = {
    ...known,
    keep: async (handle) => {
      memory.handle = handle;
    },
    tell: async () => {},
  };
  return memory;
}

type Asked = Extract<Awaited<ReturnType<typeof callAgent>>["answer"], { kind: "asks" }>;

/** What an agent asks. @throws when it does not. */
export function asksOf({ answer }: Awaited<ReturnType<typeof callAgent>>): Asked {
  if (answer.kind !== "asks") throw new Error(`it did not ask, but ${JSON.stringify(answer)}`);
  return answer;
}

/** What an agent goes on from when each of its requests was decided so. */
export function answered({ continuation, requests }: Asked, answer: AgentAnswer): KnownMemory {
  const answers = Object.fromEntries(requests.map(({ key }) => [key, answer]));
  return aMemory({ continuation, answers });
}

/** The world of a call that nothing disturbs. */
export const aCallWorld = (): Omit<Parameters<typeof callAgent>[1], "runtime"> => ({
  clock: systemClock,
  signal: new AbortController().signal,
  timeoutMinutes: 1,
  memory: aMemory(),
  wait: waitSeconds,
  onLate: () => {},
});

/** The same, but only saying why it cannot be used. */
export function sayingWhy<K extends Pick<OpenedKind, "check">>(kind: K) {
  const check = async (depth: CheckDepth) => (await kind.check(depth))?.why;
  return { ...kind, check };
}
