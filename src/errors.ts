/** Every error this project throws on purpose. */

import type { z } from "zod";

import type { Fault } from "./model/fault.ts";
import { sayFirstIssue } from "./model/say-issue.ts";

export type ErrorCode =
  | "UNKNOWN_MISSION"
  | "BAD_DOCUMENT"
  | "BAD_INPUT"
  | "PLAN_FAULTS"
  | "NO_WORKSPACE"
  | "UNKNOWN_RUN"
  | "ALREADY_EXISTS"
  | "BAD_DRAFT"
  | "MODEL_FAILED"
  | "RUN_EXISTS"
  | "RUN_ENDED"
  | "ALREADY_DECIDED"
  | "UNKNOWN_APPROVAL"
  | "UNKNOWN_EVENT"
  | "EVENT_CLOSED"
  | "NOT_ALLOWED"
  | "NOT_AN_APPROVER"
  | "BUSY"
  | "RETRY_LATER"
  | "STORE_FAILED"
  | "UNKNOWN_GRAPH_VERSION"
  | "EXTERNAL_RUN"
  | "RUNTIME_MISSING"
  | "USAGE";

/** Facts needed to act on an error: JSON-safe, no secrets. */
type Details = Readonly<Record<string, unknown>>;

/** Errors of the caller or of the data exit with 2; what went wrong around them with 1. */
const EXIT_FAILED: ReadonlySet<ErrorCode> = new Set(["BUSY", "RETRY_LATER", "STORE_FAILED"]);

/**
 * Base of every error this project throws on purpose.
 *
 * Anything else that escapes is a bug. Callers branch on {@link code}, people read `message`, and
 * the lower-level failure stays in `cause`.
 */
export class MissionError extends Error {
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Details; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = Object.freeze({ ...options.details });
  }

  /** 2 for bad usage or bad data, 3 where a run waits for who can go on, 1 for everything else. */
  get exitCode(): 1 | 2 | 3 {
    if (this.code === "RUNTIME_MISSING") return 3;
    return EXIT_FAILED.has(this.code) ? 1 : 2;
  }
}

/** The documents contradict themselves or each other. `details.faults` has every fault. */
export class FaultsError extends MissionError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const [first] = faults;
    const code = first?.code === "UNKNOWN_MISSION" ? first.code : "PLAN_FAULTS";
    super(code, describeFaults(faults), { details: { faults } });
    this.faults = faults;
  }
}

/** A document is not what its schema says. `details.faults` has every fault found in it. */
export class BadDocumentError extends MissionError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[], cause?: unknown) {
    super("BAD_DOCUMENT", describeFaults(faults), { details: { faults }, cause });
    this.faults = faults;
  }
}

/** Names the first field of a request that is wrong. */
export function badInput(error: z.ZodError, request: unknown): MissionError {
  const isWhole = error.issues[0]?.path.length === 0;
  const what = sayFirstIssue(error, { value: request });
  return new MissionError("BAD_INPUT", `${isWhole ? "the request: " : ""}${what}.`);
}

/** No run with this id. */
export class UnknownRunError extends MissionError {
  /** @param archive that it has left for. */
  constructor(runId: string, archive?: string) {
    const id = runId.slice(0, 100);
    super(
      "UNKNOWN_RUN",
      archive === undefined
        ? `There is no run "${id}". \`mission-control runs\` lists them.`
        : `The run "${id}" has left for the archive ${archive}. \`mission-control import\` brings it back.`,
      { details: { run_id: runId } },
    );
  }
}

/** Somebody else is at work on this. */
export class BusyError extends MissionError {
  constructor(what: string, details: Details) {
    super("BUSY", `${what} Try again when it has finished.`, { details });
  }
}

/** As many are at work as may be: it is not this run's fault, and there will be a place. */
export class FullError extends BusyError {}

/** The store could not read or write: full disk, missing rights, … */
export class StoreFailedError extends MissionError {
  constructor(
    action: string,
    path: string,
    cause: unknown,
    after = "What was recorded before stands.",
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super("STORE_FAILED", `Could not ${action} ${path}: ${why}. ${after}`, {
      details: { path },
      cause,
    });
  }
}

/** What is stored is not as it was written. */
export class DamagedRecordError extends StoreFailedError {
  constructor(action: string, path: string, cause: unknown, what = ASK_AUDIT) {
    super(action, path, cause, what);
  }
}

const ASK_AUDIT =
  "The database was damaged, or changed by something else: `audit` says where. Moved away, it is made again from the documents beside it, which have the newest runs.";

/** One line per fault; a single fault is just its message. */
function describeFaults(faults: readonly Fault[]): string {
  const messages = faults.map((fault) => fault.message);
  if (messages.length <= 1) return messages.join("");
  return [`${messages.length} faults:`, ...messages.map((message) => `- ${message}`)].join("\n");
}
