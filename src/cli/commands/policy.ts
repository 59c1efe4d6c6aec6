import type { CommandContext } from "../context.ts";

export async function policy(context: CommandContext): Promise<number> {
  const inForce = context.policy();
  context.print(inForce, () => JSON.stringify(inForce, null, 2));
  return 0;
}
