/** The only reader of the environment. Values come from the process, then from `.env`. */

import { config as loadEnvFile } from "dotenv";
import { z } from "zod";

import { MissionError } from "./errors.ts";

const environmentSchema = z.object({
  MISSION_CONTROL_WORKSPACE: z.string().min(1).default("./workspace"),
  MISSION_CONTROL_SEED: z.string().min(1).default("mission-control"),
  MISSION_CONTROL_FAILURE_RATE: z.coerce.number().min(0).max(1).default(0),
  USER: z.string().default(""),
});

export interface Config {
  /** Folder of the workspace. */
  readonly workspace: string;
  /** What simulated agents draw their answers from. */
  readonly simulation: { readonly seed: string; readonly failureRate: number };
  /** The person at the keyboard; empty when unknown. */
  readonly user: string;
}

/** @throws MissionError `USAGE` when a variable has a wrong value. */
export function readConfig(): Config {
  // An empty variable, as .env.example has them, means: not set.
  const fromFile: Record<string, string> = {};
  loadEnvFile({ quiet: true, processEnv: fromFile });
  const given = Object.entries({ ...fromFile, ...process.env }).filter(([, value]) => value !== "");
  const parsed = environmentSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MissionError(
      "USAGE",
      `Environment variable ${issue?.path.join(".")}: ${issue?.message}.`,
    );
  }
  const environment = parsed.data;
  return {
    workspace: environment.MISSION_CONTROL_WORKSPACE,
    simulation: {
      seed: environment.MISSION_CONTROL_SEED,
      failureRate: environment.MISSION_CONTROL_FAILURE_RATE,
    },
    user: environment.USER,
  };
}
