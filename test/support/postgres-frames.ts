/** Cuts what comes over a connection of Postgres into its messages. */

/** A type, and a length that counts itself. */
const HEAD = 5;
const LENGTH = 4;

/**
 * @param options.hasStart whether the first message has no type, as what a client begins with.
 * @param told of each message with its type, whole.
 * @returns what takes in pieces, as they come.
 */
export function createFrames(
  { hasStart }: { hasStart: boolean },
  told: (type: string, frame: Buffer) => void,
): (piece: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isStart = hasStart;
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const before = isStart ? 0 : HEAD - LENGTH;
      if (rest.length < before + LENGTH) return;
      const size = before + rest.readUInt32BE(before);
      if (rest.length < size) return;
      const frame = rest.subarray(0, size);
      const type = isStart ? "" : String.fromCharCode(frame.readUInt8(0));
      rest = rest.subarray(size);
      isStart = false;
      told(type, frame);
    }
  };
}
