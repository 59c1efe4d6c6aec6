/** Work that may be, or may call, a LangGraph graph of its own. */

import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";

/**
 * Leaves whatever graph or agent it is called in: LangGraph would take the work for a part of that, and its interrupts for
 * the other's.
 */
export function apart<T>(work: () => T): T {
  return AsyncLocalStorageProviderSingleton.getInstance().run(undefined, work);
}

/** As `apart`, for what a trace of LangChain's should show where it belongs. */
export function apartButTraced<T>(work: () => T): T {
  const { callbacks } = AsyncLocalStorageProviderSingleton.getRunnableConfig() ?? {};
  if (callbacks === undefined) return apart(work);
  return AsyncLocalStorageProviderSingleton.runWithConfig({ callbacks }, work);
}
