/** The development server of LangGraph's command line, over a copy of this project. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the server needs of the project; the rest of the repository stays out of its sight. */
const PROJECT = ["graph", "src", "data", "langgraph.json", "package.json", "tsconfig.json"];

/** A busy machine takes long to start a server, and a server to flush what it keeps in memory. */
const START_PATIENCE_MS = 100_000;
const STOP_PATIENCE_MS = 10_000;
const PAUSE_MS = 25;

export interface DevelopmentServer {
  readonly url: string;
  /** The folder of its workspace, which the server itself has made. */
  readonly workspace: string;
  /** Resolves when none of its processes is left and its folders are gone. */
  stop(): Promise<void>;
}

/**
 * Starts `langgraphjs dev` with the project's own `langgraph.json`, and `.env.example` as its `.env`.
 *
 * It runs in a copy, because it writes into its folder and restarts when a source changes.
 *
 * @throws when it is not ready in time, with what it printed.
 */
export async function startDevelopmentServer(): Promise<DevelopmentServer> {
  return startServer(copyProject);
}

/** The same server over a graph of the test's own. @param source of `graph.mjs`, which exports `graph`. */
export async function startGraphServer(source: string): Promise<DevelopmentServer> {
  return startServer((project) => {
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, "graph.mjs"), source);
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
    const config = { node_version: "20", graphs: { worker: "./graph.mjs:graph" }, env: {} };
    writeFileSync(join(project, "langgraph.json"), JSON.stringify(config));
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
  });
}

async function startServer(prepare: (project: string) => void): Promise<DevelopmentServer> {
  const folder = mkdtempSync(join(tmpdir(), "mission-control-server-"));
  const project = join(folder, "project");
  const workspace = join(folder, "workspace");
  prepare(project);
  const port = await findFreePort();
  const server = launch(project, { port, workspace });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(url, server);
  } catch (error) {
    await stop(server, folder);
    throw error;
  }
  return { url, workspace, stop: () => stop(server, folder) };
}

function copyProject(project: string): void {
  for (const name of PROJECT) {
    cpSync(join(ROOT, name), join(project, name), { recursive: true });
  }
  cpSync(join(ROOT, ".env.example"), join(project, ".env"));
  symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}

interface ServerProcess {
  readonly child: ChildProcess;
  /** The process group: the command line, its watcher and the server proper. */
  readonly group: number;
  /** Everything printed so far. */
  readonly output: () => string;
  readonly killAll: () => void;
}

function launch(
  project: string,
  { port, workspace }: { port: number; workspace: string },
): ServerProcess {
  const program = join(project, "node_modules", ".bin", "langgraphjs");
  const address = ["--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(process.execPath, [program, "dev", "--no-browser", ...address], {
    cwd: project,
    // Nothing of ours but what it needs: no keys, and no settings that `.env` would lose to.
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      LANGGRAPH_CLI_NO_ANALYTICS: "1",
      MISSION_CONTROL_WORKSPACE: workspace,
    },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid === undefined) throw new Error(`${program} cannot be started`);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const group = child.pid;
  const killAll = () => signalGroup(group, "SIGKILL");
  // A test process that ends early must not leave a server behind.
  process.once("exit", killAll);
  return { child, group, output: () => output, killAll };
}

async function waitUntilReady(url: string, { child, output }: ServerProcess): Promise<void> {
  const deadline = performance.now() + START_PATIENCE_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`The development server did not start. It printed:\n${output()}`);
    }
    await delay(PAUSE_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${url}/ok`);
    return ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

async function stop({ group, killAll }: ServerProcess, folder: string): Promise<void> {
  signalGroup(group, "SIGTERM");
  const deadline = performance.now() + STOP_PATIENCE_MS;
  while (isAlive(group)) {
    if (performance.now() > deadline) killAll();
    await delay(PAUSE_MS);
  }
  process.removeListener("exit", killAll);
  rmSync(folder, { recursive: true, force: true });
}

function isAlive(group: number): boolean {
  return signalGroup(group, 0);
}

/** False when no process of the group is left. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
