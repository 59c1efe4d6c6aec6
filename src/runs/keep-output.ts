import type { Json } from "../model/primitives.ts";
import type { OutputRef } from "../model/task-execution-logs.ts";
import type { Store } from "../store/store.ts";

/** A larger output is kept by the store; rows and state hold a reference. In bytes of JSON. */
const LARGEST_OUTPUT = 16 * 1024;

/** An output as a row has it. */
export async function keepOutput(
  output: Json,
  store: Pick<Store, "saveOutput">,
): Promise<{ output: Json } | { output_ref: OutputRef }> {
  const isLarge = Buffer.byteLength(JSON.stringify(output)) > LARGEST_OUTPUT;
  return isLarge ? { output_ref: await store.saveOutput(output) } : { output };
}
