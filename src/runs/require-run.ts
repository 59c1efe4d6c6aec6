import { UnknownRunError } from "../errors.ts";
import type { StoredRun } from "../model/run-record.ts";
import type { Store } from "../store/store.ts";

/** All that is recorded of a run. @throws UnknownRunError, which says where it is when it was archived. */
export async function requireRun(
  runId: string,
  store: Pick<Store, "readRun" | "findArchived">,
): Promise<StoredRun> {
  const stored = await store.readRun(runId);
  if (stored !== undefined) return stored;
  throw new UnknownRunError(runId, (await store.findArchived([runId])).get(runId)?.archive);
}
