/** Child processes of tests. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Plugin, build } from "rolldown";
import { onTestFinished } from "vitest";

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
  /** Looked at every few milliseconds; killed, as by a crash, as soon as it is true. */
  readonly killWhen?: () => boolean;
}

/** Packages with parts that cannot be bundled, and what these processes seldom need. */
const OUTSIDE =
  /^(?:@photostructure\/sqlite|pg|tsx|vitest|@(?:modelcontextprotocol|a2a-js|clack|opentelemetry)\/.*|@langchain\/openai)$/;

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
      env: { ...process.env, NO_COLOR: "1", USER: "tester", DATABASE_URL: "", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const watch = setInterval(() => {
      if (options.killWhen?.() === true) child.kill("SIGKILL");
    }, 5);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      resolve({ code, stdout, stderr });
    });
  });
}

/**
 * Makes a TypeScript file of the tests ready to be run in processes of its own, until the test ends.
 *
 * Bundled once: a process that compiles what it imports at each start takes three times as long.
 */
export async function prepareScript(
  file: string,
): Promise<(args: readonly string[]) => Promise<Ended>> {
  const { path, remove } = await bundleScript(file);
  onTestFinished(remove);
  return (args) => runProcess(process.execPath, [path, ...args]);
}

/** @param options.instead a file that takes the place of a package, for all but itself. */
export async function bundleScript(
  file: string,
  { instead }: { instead?: { readonly of: string; readonly file: string } } = {},
): Promise<{ readonly path: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "mission-control-script-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "script.mjs");
  await build({
    input: file,
    output: { file: path, format: "esm", codeSplitting: false },
    platform: "node",
    // Reading the modules of packages one by one takes longer than all else that most of these processes do.
    external: OUTSIDE,
    resolve: { mainFields: ["module", "main"] },
    logLevel: "warn",
    plugins: instead === undefined ? [] : [replacing(instead.of, join(root, instead.file))],
  });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function replacing(name: string, file: string): Plugin {
  return {
    name: "replacing",
    resolveId: (id, importer) => (id === name && importer !== file ? file : undefined),
  };
}

/** The command line as its users have it: built, and a process of its own. */
export function runBuiltCli(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return runProcess(process.execPath, [`${root}dist/bin/main.js`, ...args], options);
}
