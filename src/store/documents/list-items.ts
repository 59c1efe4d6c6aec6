/** Splits the text of a JSON list into its items, so that a long document is never in memory as a whole. */

import { closeSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { openForReading, readChunks } from "./files.ts";

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** A compressed document is in memory as a whole: longer than this, in bytes, it is none of ours. */
const LARGEST_UNPACKED = 256 * 1024 * 1024;

/**
 * The text of each object in the list, in order. Whether it is valid JSON is for the caller to see.
 *
 * @param chunkBytes how much of the file is read at a time; at least 3.
 * @throws SyntaxError when the file is not a list of objects, so far as that shows from outside them;
 *   StoreFailedError when it is no regular file.
 */
export function* listItems(path: string, chunkBytes: number = 1 << 20): Generator<string, void> {
  const split = createSplitter();
  for (const chunk of chunksOf(path, chunkBytes)) yield* split.add(chunk);
  if (!split.isWhole()) throw new SyntaxError("the list does not end");
}

/** What is compressed is one chunk. */
function* chunksOf(path: string, chunkBytes: number): Generator<Buffer, void> {
  if (!path.endsWith(".gz")) {
    yield* readChunks(path, chunkBytes);
    return;
  }
  const { file } = openForReading(path);
  try {
    yield gunzipSync(readFileSync(file), { maxOutputLength: LARGEST_UNPACKED });
  } finally {
    closeSync(file);
  }
}

function createSplitter() {
  /** 0 outside the list, 1 between items, more within one. */
  let depth = 0;
  let isEnded = false;
  let isFirst = true;
  let needsComma = false;
  let inString = false;
  let isEscaped = false;
  /** The beginning of an item that earlier chunks ended in. */
  let before: Buffer[] = [];

  /** What may stand around the items: white space, brackets of the list, one comma between two. */
  function passBetween(byte: number): void {
    const isSpace = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    if (isSpace) return;
    if (depth === 0 && byte === OPEN_BRACKET && !isEnded) depth = 1;
    else if (depth === 1 && byte === COMMA && needsComma) needsComma = false;
    else if (depth === 1 && byte === CLOSE_BRACKET && (needsComma || isFirst)) {
      depth = 0;
      isEnded = true;
    } else throw new SyntaxError("not a list of objects");
  }

  return {
    isWhole: () => isEnded,
    *add(chunk: Buffer): Generator<string, void> {
      const isMarked = depth === 0 && !isEnded && BYTE_ORDER_MARK.every((b, i) => chunk[i] === b);
      let start = 0;
      for (let at = isMarked ? BYTE_ORDER_MARK.length : 0; at < chunk.length; at += 1) {
        const byte = chunk[at] ?? 0;
        if (inString) {
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) inString = false;
        } else if (depth > 1) {
          if (byte === QUOTE) inString = true;
          else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
          else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
            depth -= 1;
            if (depth > 1) continue;
            const last = chunk.subarray(start, at + 1);
            yield (before.length === 0 ? last : Buffer.concat([...before, last])).toString("utf8");
            before = [];
          }
        } else if (depth === 1 && byte === OPEN_BRACE && !needsComma) {
          depth = 2;
          start = at;
          isFirst = false;
          needsComma = true;
        } else passBetween(byte);
      }
      // The chunk's memory is used again.
      if (depth > 1) before.push(Buffer.from(chunk.subarray(start)));
    },
  };
}
