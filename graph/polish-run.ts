/** Has a model reword the summary of a run that has ended. */

import { summarizeRun } from "../src/summary/executive-summary.ts";
import { readRun } from "./read-run.ts";
import { type BookedRun, type Books, updateBooks } from "./update-books.ts";

/** Undefined when there is nothing to reword. Never rejects because of the model. */
export async function polishRun(
  runId: string,
  books: Books,
  signal: AbortSignal,
): Promise<BookedRun | undefined> {
  const { store, polisher: reword } = books;
  const run = await store.findRun(runId);
  if (reword === undefined || run?.rule_summary === undefined) return undefined;
  const summary = summarizeRun(await readRun(runId, books));
  const wording = { ...(await reword(summary, signal)), rule_summary: summary.text };
  // The books drop the wording again if the run says something else by now.
  const booked = await updateBooks(
    runId,
    { change: (current) => ({ ...current, ...wording }) },
    books,
  );
  await store.settleSoon();
  return booked;
}
