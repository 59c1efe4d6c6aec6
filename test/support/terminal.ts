/** A terminal of a test's own. */

import { spawn } from "node:child_process";

const MAIN = new URL("../../dist/bin/main.js", import.meta.url).pathname;

/** Runs a command on a terminal of its own, 80 columns wide, and presses keys as texts appear. */
export function atTerminal(
  args: string,
  answers: readonly { when: string; press: string }[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const command = `stty rows 40 cols 80; ${process.execPath} ${MAIN} ${args}`;
  return new Promise((resolve, reject) => {
    const terminal = spawn("script", ["-qec", command, "/dev/null"], {
      // Nothing of the surroundings of the tests, where CI or NO_COLOR may be set.
      env: { PATH: process.env["PATH"], TERM: "xterm", ...environment },
    });
    const left = [...answers];
    let output = "";
    terminal.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const [next] = left;
      if (next === undefined || !output.includes(next.when)) return;
      left.shift();
      terminal.stdin.write(next.press);
    });
    terminal.on("error", reject);
    terminal.on("close", () => resolve(output));
  });
}
