#!/usr/bin/env node
/** The program `mission-control`: the command line in a process of its own. */

import { once } from "node:events";

import { toPlainText } from "../model/plain-text.ts";
import { runCommandLine } from "./command-line.ts";

let isOver = false;
const output = describeStream(process.stdout);
const errors = describeStream(process.stderr);

// Whoever reads our output may have seen enough, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  isOver = true;
  process.exit(process.exitCode ?? 0);
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

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  hasKeyboard: process.stdin.isTTY,
  output,
  errors,
  keepOutput() {
    process.stdout.write = process.stderr.write.bind(process.stderr);
  },
});
isOver = true;
// What an agent has left open must not keep the process; what was printed has to be out before.
output.write("", () => errors.write("", () => process.exit()));

/** A stream as it is now: what is written there goes there, whatever becomes of its `write`. */
function describeStream(stream: NodeJS.WriteStream) {
  const write = stream.write.bind(stream);
  return {
    write: (text: string, onWritten?: () => void) => write(text, onWritten),
    drained: () => once(stream, "drain").then(() => {}),
    isTerminal: stream.isTTY,
    isColoured: stream.isTTY && (process.env["NO_COLOR"] ?? "") === "" && stream.hasColors(),
    width: stream.isTTY ? stream.columns || undefined : undefined,
  };
}
