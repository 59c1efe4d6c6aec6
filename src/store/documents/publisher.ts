/** Keeps what people read in line with the store: at most once a second, and in the end. */

import { join } from "node:path";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

import { BusyError } from "../../errors.ts";
import type { Store } from "../store.ts";
import {
  DOCUMENTS_LEASE,
  publishDocuments,
  publishOutputs,
  removeDrafts,
  replaceFile,
} from "./publish-documents.ts";

/** The number of the last event that all that people read shows. */
const PUBLISHED = "published";
/** How long the documents are left as they are, in milliseconds; longer when writing them takes long. */
const REST_MS = 1000;
/** Of the time, at most one part in so many goes to writing documents. */
const PARTS_OF_REST = 50;
/** Reports that are kept until they are written; others are made again. */
const MOST_MADE = 200;
/** How long closing waits for another process that writes the documents just then. */
const PATIENCE_MS = 10_000;

export interface Publisher {
  /** Says that there is something new; `report` when that of a run has just been made, at its end. */
  readonly publish: (report?: {
    readonly run_id: string;
    readonly markdown: string;
  }) => Promise<void>;
  /** Writes what a crash has left unwritten. */
  readonly catchUp: () => Promise<void>;
  /** Writes what is not written yet. */
  readonly close: () => Promise<void>;
}

/**
 * What fails here is in the store all the same: it is told as a warning, and fails no run.
 *
 * @param makeBoard brings today's snapshot up to date, and those computed for dates from `since` on;
 *   returns the board's page as Markdown.
 * @param makeReport the report of an ended run.
 */
export function createPublisher({
  folder,
  store,
  keepRuns,
  makeBoard,
  makeReport,
  onWarning,
}: {
  /** Where files follow the store; undefined where none do: then it keeps the snapshots alone. */
  folder: string | undefined;
  store: Store;
  keepRuns: () => number;
  makeBoard: (since: string | undefined) => Promise<string>;
  makeReport: (runId: string) => Promise<string>;
  onWarning: (message: string) => void;
}): Publisher {
  /** Reports of runs that have just ended, and are in no file yet: as bytes, which V8 need not look after. */
  const made = new Map<string, Uint8Array>();
  let isDue = false;
  /** Each warning is told once, until something else is the matter. */
  let lastWarning = "";
  const warn = (message: string) => {
    if (message !== lastWarning) onWarning(message);
    lastWarning = message;
  };
  let lastEnd = Number.NEGATIVE_INFINITY;
  let rest = REST_MS;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    isDue = false;
    const start = performance.now();
    try {
      const lease = await store.takeLease(DOCUMENTS_LEASE);
      try {
        await writeAll();
      } finally {
        await lease.release();
      }
    } catch (error) {
      if (error instanceof BusyError) isDue = true;
      else warn(`The documents could not be written: ${messageOf(error)}`);
    }
    lastEnd = performance.now();
    rest = Math.max(REST_MS, PARTS_OF_REST * (lastEnd - start));
  }

  async function writeAll(): Promise<void> {
    const { runs, after } = await listChangedRuns();
    const board = await makeBoard(await earliestEnd(runs));
    if (folder === undefined) await store.setMark(PUBLISHED, String(after));
    else await writeFiles(folder, { runs, after, board });
  }

  async function writeFiles(
    files: string,
    { runs, after, board }: { runs: ReadonlyMap<string, boolean>; after: number; board: string },
  ): Promise<void> {
    removeDrafts(files);
    for (const [runId, isAsMade] of runs) {
      const bytes = isAsMade ? made.get(runId) : undefined;
      const content = bytes === undefined ? await makeReport(runId) : () => [bytes];
      replaceFile(join(files, "reports", `${runId}.md`), content, { folder: files });
      // There may be hundreds: whoever waits for this process gets on meanwhile.
      await nextTurn();
    }
    for (const runId of runs.keys()) made.delete(runId);
    await writeOutputs(files);
    const { changedByHand } = await publishDocuments(files, {
      store,
      keepRuns: keepRuns(),
      force: false,
    });
    if (changedByHand.length > 0) {
      const names = changedByHand.map((name) => `${name}.json`).join(", ");
      warn(
        `${names}: changed by hand, so no document was written. \`mission-control import\` takes the changes over, \`export --format json --force\` writes over them.`,
      );
    }
    replaceFile(join(files, "reports", "portfolio.md"), board, { folder: files });
    if (changedByHand.length === 0) await store.setMark(PUBLISHED, String(after));
  }

  const findPublished = async () => Number((await store.findMark(PUBLISHED)) ?? 0);

  /** Runs that have ended, or changed since, or go on again, after what was published last. */
  async function listChangedRuns(): Promise<{
    /** Of each, whether it has just ended and nothing else has happened to it. */
    readonly runs: ReadonlyMap<string, boolean>;
    readonly after: number;
  }> {
    let after = await findPublished();
    const runs = new Map<string, boolean>();
    for (;;) {
      const events = await store.readOutbox(after);
      for (const { event, run_id } of events) {
        if (event === "run-ended") runs.set(run_id, !runs.has(run_id));
        if (event === "run-changed" || event === "run-reopened") runs.set(run_id, false);
        // Its report stays as it is.
        if (event === "run-archived") runs.delete(run_id);
      }
      const last = events.at(-1);
      if (last === undefined) return { runs, after };
      after = last.number;
    }
  }

  /** From when on snapshots may have changed; undefined when only today's. */
  async function earliestEnd(runs: ReadonlyMap<string, boolean>): Promise<string | undefined> {
    let earliest: string | undefined;
    for (const runId of runs.keys()) {
      const end = (await store.findRun(runId))?.end_time;
      if (end !== undefined && (earliest === undefined || end < earliest)) earliest = end;
    }
    return earliest;
  }

  async function writeOutputs(files: string): Promise<void> {
    const after = Number((await store.findMark("outputs")) ?? 0);
    const put = (path: string, text: string) => replaceFile(path, text, { folder: files });
    const last = await publishOutputs(files, { store, after, put });
    if (last > after) await store.setMark("outputs", String(last));
  }

  /** One at a time: what comes meanwhile is for the next. Returns whether something is left. */
  async function workOnce(): Promise<boolean> {
    await working;
    if (isDue) {
      working ??= work().finally(() => {
        working = undefined;
      });
    }
    await working;
    return isDue;
  }

  return {
    async publish(report) {
      if (report !== undefined && folder !== undefined && made.size < MOST_MADE) {
        made.set(report.run_id, Buffer.from(report.markdown));
      }
      isDue = true;
      if (timer !== undefined) return;
      const left = lastEnd + rest - performance.now();
      if (left <= 0 && working === undefined) {
        await workOnce();
        return;
      }
      timer = setTimeout(
        () => {
          timer = undefined;
          void workOnce();
        },
        Math.max(left, REST_MS),
      );
    },
    async catchUp() {
      isDue ||= await store.hasNews(await findPublished());
      await workOnce();
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
      const deadline = performance.now() + PATIENCE_MS;
      // What is left, somebody else was writing, perhaps without what was last done here.
      while ((await workOnce()) && performance.now() < deadline) await delay(REST_MS / 20);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
