/**
 * The write-ahead journal of a folder's documents: what was written and is not in them yet.
 *
 * A change costs one appended line, however long the documents are. Lines are upserts, so reading
 * some twice does no harm: docs/decisions/2026-11-22-journal-before-documents.md.
 */

import {
  type Stats,
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { dirname } from "node:path";

import { z } from "zod";

import { StoreFailedError } from "../errors.ts";
import { isMissing } from "./files.ts";

/** A record, still to be checked, and the document it belongs to. */
export interface JournalEntry {
  readonly document: string;
  readonly record: unknown;
}

export interface JournalReading {
  /** Differs between a journal and the one begun after it; undefined when there is none. */
  readonly id: string | undefined;
  readonly entries: readonly JournalEntry[];
}

export interface Journal {
  /** All entries, in order. @throws StoreFailedError */
  read(): JournalReading;
  /** As last read or written by this process. */
  known(): JournalReading;
  /** As `read`, also while it is held. */
  look(): JournalReading;
  /** Looks at the file once for all that is read in `work`, which must be synchronous. */
  readonly holding: <T>(work: () => T) => T;
  /** On failure the journal is as before. @throws StoreFailedError */
  append(entries: readonly JournalEntry[]): void;
  /** Ends this journal: its entries are in the documents. */
  clear(): void;
}

/** What was seen of the file: whole lines up to `end`, read or written here. */
interface Known {
  readonly id: string;
  readonly size: number;
  readonly end: number;
  readonly entries: JournalEntry[];
}

const entrySchema = z.tuple([z.string(), z.unknown()]);
const NOTHING: JournalReading = { id: undefined, entries: [] };
const NEW_LINE = 10;

export function createJournal(path: string): Journal {
  let known: Known | undefined;
  let isHeld = false;

  function examine(): JournalReading {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      known = undefined;
      return NOTHING;
    }
    const id = idOf(stat);
    const { size } = stat;
    if (known?.id !== id || size < known.size) known = { id, size: 0, end: 0, entries: [] };
    if (size > known.size) {
      const bytes = readUnlessFolded();
      if (bytes === undefined) return NOTHING;
      // What follows the last line break is being written, or was when its writer died.
      const end = bytes.lastIndexOf(NEW_LINE) + 1;
      const lines = bytes.subarray(known.end, end).toString("utf8").split("\n");
      known.entries.push(...lines.flatMap(parseLine));
      known = { ...known, size: bytes.length, end };
    }
    return known;
  }

  function look(): JournalReading {
    try {
      return examine();
    } catch (error) {
      throw new StoreFailedError("read", path, error);
    }
  }

  const read = () => (isHeld ? (known ?? NOTHING) : look());

  /** Undefined when the journal has been folded and removed since it was looked at. */
  function readUnlessFolded(): Buffer | undefined {
    try {
      return readFileSync(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
      known = undefined;
      return undefined;
    }
  }

  return {
    read,
    look,
    known: () => known ?? NOTHING,
    holding(work) {
      read();
      const wasHeld = isHeld;
      isHeld = true;
      try {
        return work();
      } finally {
        isHeld = wasHeld;
      }
    },
    append(entries) {
      read();
      const { size, end } = known ?? { size: 0, end: 0 };
      const lines = entries.map(
        ({ document, record }) => `${JSON.stringify([document, record])}\n`,
      );
      // A torn line of a writer that died is closed, so that it spoils no other.
      const text = (size > end ? "\n" : "") + lines.join("");
      try {
        if (size === 0) mkdirSync(dirname(path), { recursive: true });
        appendFileSync(path, text);
        known ??= { id: idOf(statSync(path)), size, end, entries: [] };
      } catch (error) {
        if (size > 0) truncateSync(path, size);
        else rmSync(path, { force: true });
        throw new StoreFailedError("write", path, error);
      }
      // Their writer has them already; reading them back would only cost time.
      known.entries.push(...entries);
      const grown = size + Buffer.byteLength(text);
      known = { ...known, size: grown, end: grown };
    },
    clear() {
      rmSync(path, { force: true });
      known = undefined;
    },
  };
}

/** A line that cannot be read was torn by a crash: nobody was told that it was written. */
function parseLine(line: string): JournalEntry[] {
  if (line === "") return [];
  try {
    const [document, record] = entrySchema.parse(JSON.parse(line));
    return [{ document, record }];
  } catch {
    return [];
  }
}

/** An inode number may be used again at once; its time of birth may not. */
function idOf({ ino, birthtimeMs }: Stats): string {
  return `${ino}-${birthtimeMs}`;
}
