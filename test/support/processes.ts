/** Child processes of tests. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ended {
  /** Exit code; null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program to its end. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: "1", USER: "tester", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a TypeScript file of the tests in a process of its own. */
export function runScript(file: string, args: readonly string[]): Promise<Ended> {
  return runProcess(process.execPath, ["--import", "tsx", file, ...args]);
}

/** The command line as its users have it: built. */
export function runCli(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return runProcess(process.execPath, [`${root}dist/bin/main.js`, ...args], options);
}
