#!/usr/bin/env node
/** The program `mission-control`: the command line in a process of its own. */

import { once } from "node:events";
import { isatty } from "node:tty";

import { toPlainText } from "../model/plain-text.ts";
import { runCommandLine } from "./command-line.ts";

let isOver = false;
let isLost = false;
const output = describeStream(process.stdout);
const errors = describeStream(process.stderr);

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever reads our output may have seen enough, as `head` does.
  if (error.code === "EPIPE") {
    isOver = true;
    process.exit(process.exitCode ?? 0);
  }
  if (!isLost) process.stderr.write(`The output could not be written: ${error.message}\n`);
  isLost = true;
});

// Agents of this process may fail outside of any attempt, and what they began may never end.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`warning: outside of any attempt: ${toPlainText(what)}\n`);
  });
}
process.on("exit", (code) => {
  if (isOver) return;
  process.stderr.write(
    "The process was ended in the middle of its work, by an agent or because nothing was left to wait for. `mission-control resume latest` goes on.\n",
  );
  if (code === 0) process.exitCode = 1;
});

void main();

async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    environment: process.env,
    // The stream itself takes longer to make, and most commands read nothing.
    hasKeyboard: isatty(0),
    output,
    errors,
    keepOutput() {
      process.stdout.write = process.stderr.write.bind(process.stderr);
    },
  });
  isOver = true;
  // What an agent has left open must not keep the process; what was printed has to be out before.
  output.write("", () => {
    // An error of the last write is told after it.
    errors.write("", () => setImmediate(() => process.exit(isLost ? 1 : process.exitCode)));
  });
}

/** A stream as it is now: what is written there goes there, whatever becomes of its `write`. */
function describeStream(stream: NodeJS.WriteStream) {
  const write = stream.write.bind(stream);
  return {
    write: (text: string, onWritten?: () => void) => write(text, onWritten),
    async drained() {
      // What cannot be written has been told, once; nothing is drained after that.
      if (!isLost) await once(stream, "drain").catch(() => {});
    },
    isTerminal: stream.isTTY,
    isColoured: stream.isTTY && (process.env["NO_COLOR"] ?? "") === "" && stream.hasColors(),
    width: stream.isTTY ? stream.columns || undefined : undefined,
  };
}
