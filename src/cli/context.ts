/** What every command gets: how to open things, and how to print. */

import { join } from "node:path";

import type { Books } from "../../graph/update-books.ts";
import type { MissionControl } from "../app/open-mission-control.ts";
import { openPolisher } from "../app/open-polisher.ts";
import { systemClock } from "../app/system.ts";
import { type Workspace, initWorkspace, openWorkspace } from "../app/workspace.ts";
import { type Config, readConfig } from "../config.ts";
import { MissionError } from "../errors.ts";
import { toPlainJson } from "../model/plain-text.ts";
import type { Policy } from "../model/policy.ts";
import { readPolicy } from "../telemetry/reference-files.ts";
import { type Line, printLine, printNote } from "./print.ts";

export interface GlobalOptions {
  readonly workspace?: string;
  readonly store?: string;
  readonly policy?: string;
  readonly json?: boolean;
}

export interface CommandContext {
  readonly config: Config;
  readonly json: boolean;
  /** True when a person sits at a terminal and reads what is printed. */
  readonly isInteractive: boolean;
  /** Folder of the workspace, which need not exist. */
  readonly folder: string;
  /** `--policy`, else the workspace's, else the default. @throws MissionError `BAD_DOCUMENT`, `USAGE`. */
  policy(): Policy;
  /** For reading only: does not load LangGraph. @throws MissionError `NO_WORKSPACE` */
  openWorkspace(): Workspace;
  /** Works on what was recorded, without LangGraph; closes the store in the end. @throws MissionError `NO_WORKSPACE` */
  withBooks<T>(work: (books: Books) => Promise<T>): Promise<T>;
  /** @throws MissionError `NO_WORKSPACE` */
  openMissionControl(): Promise<MissionControl>;
  /** Makes the workspace from the sample when it is missing, and says so on standard error. */
  ensureWorkspace(): void;
  /** Who decides: `--by`, else the user at the keyboard. @throws MissionError `USAGE` */
  decider(by: string | undefined): string;
  /** Prints one JSON value with `--json`, else the text. */
  print(value: unknown, text: () => Line): void;
}

export function createCommandContext(options: GlobalOptions): CommandContext {
  const config = readConfig();
  const { model, simulation } = config;
  const json = options.json === true;
  const folder = options.workspace ?? config.workspace;
  const policy = () =>
    options.policy === undefined
      ? readPolicy(join(folder, "policy.json"), { required: false })
      : readPolicy(options.policy, { required: true });
  const named = () => (options.policy === undefined ? undefined : policy());
  return {
    config,
    json,
    folder,
    policy,
    isInteractive: !json && process.stdin.isTTY && process.stdout.isTTY,
    openWorkspace: () => openWorkspace({ folder, store: options.store, policy: named() }),
    async withBooks(work) {
      const workspace = openWorkspace({ folder, store: options.store, policy: named() });
      try {
        return await work({
          ...workspace,
          clock: systemClock,
          polisher: openPolisher(model, model?.timeoutSeconds),
        });
      } finally {
        await workspace.store.close();
      }
    },
    async openMissionControl() {
      const { openMissionControl } = await import("../app/open-mission-control.ts");
      return openMissionControl({
        workspace: folder,
        simulation,
        ...(model === undefined
          ? {}
          : { polisher: model, polishTimeoutSeconds: model.timeoutSeconds }),
        ...(options.store === undefined ? {} : { store: options.store }),
        ...(options.policy === undefined ? {} : { policy: policy() }),
      });
    },
    ensureWorkspace() {
      const written = initWorkspace(folder);
      if (written.length > 0) {
        printNote(`Made the workspace ${folder} from the sample.`);
      }
    },
    decider(by) {
      const name = by ?? config.user;
      if (name.trim() !== "") return name;
      throw new MissionError("USAGE", "Say who decides: --by NAME.");
    },
    print(value, text) {
      printLine(json ? toPlainJson(value) : text());
    },
  };
}
