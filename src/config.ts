/** What the environment says. Values come from the process, then from `.env`. */

import { userInfo } from "node:os";

import { config as loadEnvFile } from "dotenv";
import { z } from "zod";

import { MissionError } from "./errors.ts";
import { isPostgres } from "./model/is-postgres.ts";
import type { ModelSettings } from "./model/model-settings.ts";
import { sayFirstIssue } from "./model/say-issue.ts";

const environmentSchema = z.object({
  MISSION_CONTROL_WORKSPACE: z.string().min(1).default("./workspace"),
  MISSION_CONTROL_SEED: z.string().min(1).default("mission-control"),
  MISSION_CONTROL_FAILURE_RATE: z.coerce.number().min(0).max(1).default(0),
  // Nothing but what an HTTP header can carry: the error of one that cannot would show it.
  OPENAI_API_KEY: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/u, { error: "a key, of letters, digits and signs of ASCII alone" })
    .optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/u, error: "an http or https URL" }).optional(),
  OPENAI_MODEL: z.string().min(1).default("gpt-4o-mini"),
  OPENAI_TIMEOUT_SECONDS: z.coerce.number().min(1).max(300).default(20),
  DATABASE_URL: z.string().default(""),
  USER: z.string().default(""),
});

export interface Config {
  /** Folder of the workspace. */
  readonly workspace: string;
  /** A Postgres database for telemetry; undefined where `DATABASE_URL` names none. */
  readonly databaseUrl: string | undefined;
  /** What simulated agents draw their answers from. */
  readonly simulation: { readonly seed: string; readonly failureRate: number };
  /** The language model that rewords summaries; undefined when there is no key for one. */
  readonly model: (ModelSettings & { readonly timeoutSeconds: number }) | undefined;
  /** The person at the keyboard; empty when unknown. */
  readonly user: string;
}

/** @throws MissionError `USAGE` when a variable has a wrong value. */
export function readConfig(given: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable, as .env.example has them, means: not set.
  const fromFile: Record<string, string> = {};
  loadEnvFile({ quiet: true, processEnv: fromFile });
  const set = Object.entries({ ...fromFile, ...given }).filter(([, value]) => value !== "");
  const parsed = environmentSchema.safeParse(Object.fromEntries(set));
  if (!parsed.success) {
    // Without the value, which may be a key.
    throw new MissionError("USAGE", `Environment variable ${sayFirstIssue(parsed.error)}.`);
  }
  const environment = parsed.data;
  return {
    workspace: environment.MISSION_CONTROL_WORKSPACE,
    databaseUrl: isPostgres(environment.DATABASE_URL) ? environment.DATABASE_URL : undefined,
    simulation: {
      seed: environment.MISSION_CONTROL_SEED,
      failureRate: environment.MISSION_CONTROL_FAILURE_RATE,
    },
    model: modelOf(environment),
    user: environment.USER.trim() || userOfSystem(),
  };
}

function modelOf(environment: z.infer<typeof environmentSchema>): Config["model"] {
  const apiKey = environment.OPENAI_API_KEY;
  if (apiKey === undefined) return undefined;
  return {
    apiKey,
    baseUrl: environment.OPENAI_BASE_URL,
    model: environment.OPENAI_MODEL,
    timeoutSeconds: environment.OPENAI_TIMEOUT_SECONDS,
  };
}

/** Whom the system runs this as; empty when it knows no name, as in some containers. */
function userOfSystem(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
