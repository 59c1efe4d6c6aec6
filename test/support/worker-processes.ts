/** Worker processes to which things happen; whoever dies has a successor. */

import { type ChildProcess, spawn } from "node:child_process";

/** A worker that ended in another way than by being killed. */
export interface Workers {
  readonly pidAt: (place: number) => number | undefined;
  /** Ends the process at a place, at once; another takes its place. */
  readonly kill: (place: number) => void;
  /** Has it stand still. @returns what lets it go on. */
  readonly stop: (place: number) => () => void;
  /** Tells all to end, and waits until they have. */
  readonly end: () => Promise<void>;
  /** Kills what is there, for a round that has failed. */
  readonly abandon: () => Promise<void>;
  /** How workers ended that nobody killed, and how they should not. */
  readonly crashes: readonly string[];
  /** What they told. */
  readonly told: readonly string[];
}

/**
 * @param argumentOf what the worker at a place gets: the first there, or a successor.
 * @param onDeath told of each that was killed, by whomever.
 */
export function startWorkers(
  script: string,
  count: number,
  argumentOf: (place: number, isFirst: boolean) => string,
  onDeath: (pid: number) => void,
): Workers {
  const crashes: string[] = [];
  const told: string[] = [];
  const ended: Promise<void>[] = [];
  let isEnding = false;
  const children = Array.from({ length: count }, (_, place) => start(place, true));

  function start(place: number, isFirst: boolean): ChildProcess {
    const child = spawn(process.execPath, [script, argumentOf(place, isFirst)], {
      env: { ...process.env, NO_COLOR: "1", USER: "tester", DATABASE_URL: "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let wrong = "";
    child.stdout.on("data", (chunk: Buffer) => told.push(`${place}: ${chunk.toString().trim()}`));
    child.stderr.on("data", (chunk: Buffer) => (wrong += chunk.toString()));
    ended.push(new Promise((resolve) => child.once("close", () => resolve())));
    child.once("exit", (code, signal) => {
      if (signal === "SIGKILL") onDeath(child.pid ?? 0);
      // One that starts while the database is away is started again, as by whoever watches over workers.
      else if (code === 1 && wrong.includes("Could not open postgres://")) told.push(wrong);
      else if (wrong !== "" || !isEnding || (code !== 0 && signal !== "SIGTERM")) {
        // One that is told to end before it listens ends at once.
        crashes.push(`worker ${place} ended with ${code ?? signal}: ${wrong}`);
      }
      if (!isEnding) children[place] = start(place, false);
    });
    return child;
  }

  return {
    pidAt: (place) => children[place]?.pid,
    kill: (place) => {
      children[place]?.kill("SIGKILL");
    },
    stop(place) {
      const child = children[place];
      child?.kill("SIGSTOP");
      return () => child?.kill("SIGCONT");
    },
    async end() {
      isEnding = true;
      for (const child of children) child.kill("SIGTERM");
      await Promise.all(ended);
    },
    async abandon() {
      isEnding = true;
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(ended);
    },
    crashes,
    told,
  };
}
