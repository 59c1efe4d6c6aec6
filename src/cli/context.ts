/** What every command gets: how to open things, and how to print. */

import type { Records } from "../app/look-at-records.ts";
import type { LazyMissionControl } from "../app/mission-control.ts";
import { type Config, readConfig } from "../config.ts";
import { MissionError } from "../errors.ts";
import { defined } from "../model/defined.ts";
import { isPostgres } from "../model/is-postgres.ts";
import { toPlainJson } from "../model/plain-text.ts";
import { type Line, createPrinter, respellCommands } from "./print.ts";
import { type Screen, createScreen } from "./screen.ts";
import type { Surroundings } from "./surroundings.ts";

/** Flags that stand before the command. */
export interface GlobalOptions {
  readonly workspace?: string | undefined;
  readonly store?: string | undefined;
  readonly policy?: string | undefined;
  readonly json?: true | undefined;
}

export interface CommandContext extends Pick<
  Surroundings,
  "environment" | "output" | "errors" | "keepOutput"
> {
  readonly config: Config;
  readonly json: boolean;
  /** True when a person sits at a terminal and reads what is printed. */
  readonly isInteractive: boolean;
  /** Folder of the workspace, which need not exist. */
  readonly folder: string;
  /** Does work with the workspace, and closes it in the end. @throws MissionError `NO_WORKSPACE` */
  readonly withControl: <T>(
    work: (control: LazyMissionControl) => Promise<T>,
    reading?: { readonly leaveOut?: boolean; readonly policy?: string | undefined },
  ) => Promise<T>;
  /** Looks at what is recorded, whatever the documents and the policy are like. @throws MissionError `NO_WORKSPACE` */
  readonly withRecords: <T>(look: (records: Records) => Promise<T>) => Promise<T>;
  /** Where telemetry is kept, where it is said: by `--store`, or by the environment. */
  readonly store: string | undefined;
  /** The path that `--policy` names. */
  readonly policyFile: string | undefined;
  /** Makes the workspace from the sample when it is missing, and says so on standard error. */
  readonly ensureWorkspace: () => Promise<void>;
  /**
   * Who decides: `--by`, else the user at the keyboard, who is asked where the system knows no name.
   *
   * @throws MissionError `USAGE`
   */
  readonly decider: (by: string | undefined) => Promise<string>;
  /** Who may decide, where approvers are named and the user at the keyboard is none of them. */
  readonly otherApprover: (control: Pick<LazyMissionControl, "policy">) => string | undefined;
  /** How text is laid out for whoever reads it. */
  readonly screen: Screen;
  /** Prints one JSON value with `--json`, else the text. */
  readonly print: (value: unknown, text: () => Line) => void;
  /** Prints what happens meanwhile; nothing with `--json`. */
  readonly tell: (line: Line) => void;
  /** Prints on standard error. */
  readonly note: (line: Line) => void;
}

export function createCommandContext(
  options: GlobalOptions,
  { environment, hasKeyboard, output, errors, keepOutput }: Surroundings,
): CommandContext {
  const config = readConfig(environment);
  const { model, simulation } = config;
  const json = options.json === true;
  if (json) keepOutput();
  const isInteractive = !json && hasKeyboard && output.isTerminal;
  const printLine = createPrinter(output);
  const printNote = createPrinter(errors);
  const folder = options.workspace ?? config.workspace;
  const store = options.store ?? config.databaseUrl;
  const screen = createScreen({
    width: output.width,
    now: Date.now,
    given: listGiven(options),
  });
  return {
    config,
    json,
    folder,
    store,
    policyFile: options.policy,
    isInteractive,
    async withControl(work, { leaveOut = false, policy = options.policy } = {}) {
      const { openLazily } = await import("../app/open-mission-control.ts");
      const control = await openLazily(
        {
          workspace: folder,
          simulation,
          onWarning: (message) => printNote(`warning: ${message}`),
          ...(model === undefined
            ? {}
            : { polisher: model, polishTimeoutSeconds: model.timeoutSeconds }),
          ...defined({ store, policyFile: policy }),
        },
        { leaveOut },
      );
      try {
        return await work(control);
      } finally {
        await control.close();
      }
    },
    async withRecords(look) {
      const { openRecords } = await import("../app/look-at-records.ts");
      const { close, ...records } = await openRecords({ workspace: folder, ...defined({ store }) });
      try {
        return await look(records);
      } finally {
        await close();
      }
    },
    async ensureWorkspace() {
      const { initWorkspace } = await import("../app/init-workspace.ts");
      const written = initWorkspace(folder);
      if (written.length > 0) {
        printNote(`Made the workspace ${folder} from the sample.`);
      }
    },
    screen,
    otherApprover(control) {
      const { approvers } = control.policy().approvals;
      return approvers?.includes(config.user) === true ? undefined : approvers?.[0];
    },
    async decider(by) {
      const name = by ?? config.user;
      if (name.trim() !== "") return name;
      if (isInteractive && by === undefined) {
        const { askName } = await import("./ask-name.ts");
        const answer = await askName();
        if (answer !== undefined) return answer;
      }
      throw new MissionError("USAGE", "Say who decides: --by NAME.");
    },
    print(value, text) {
      printLine(json ? toPlainJson(value) : respellCommands(text(), screen.command()));
    },
    tell(line) {
      if (!json) printLine(respellCommands(line, screen.command()));
    },
    note(line) {
      printNote(respellCommands(line, screen.command()));
    },
    environment,
    output,
    errors,
    keepOutput,
  };
}

/** The global options that commands have to repeat, without a password. `--json` is for programs, which need no hint. */
export function listGiven({ workspace, store, policy }: GlobalOptions): readonly string[] {
  const shown = store === undefined ? undefined : withoutPassword(store);
  return Object.entries({ workspace, store: shown, policy }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
}

/** A password may stand before the host, or among what follows the question mark. */
function withoutPassword(store: string): string {
  if (!isPostgres(store)) return store;
  // Nobody has got any further with such an address.
  if (!URL.canParse(store)) return "postgres://…";
  const url = new URL(store);
  url.password = "";
  for (const name of ["password", "sslpassword"]) url.searchParams.delete(name);
  return url.href;
}
