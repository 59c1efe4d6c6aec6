import type { CommandContext } from "../context.ts";
import { finish } from "../progress.ts";

export async function resume(context: CommandContext, runId: string): Promise<number> {
  const control = await context.openMissionControl();
  try {
    return await finish(context, (onProgress) => control.resume(runId, onProgress));
  } finally {
    await control.close();
  }
}
