/** What is wrong with the record of a round, by counts of its own. */

import { readdirSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import type { MissionControl } from "../../src/index.ts";
import type { History } from "../../src/model/history.ts";
import type { OutboxEvent } from "../../src/model/outbox-event.ts";
import { readDocument, readRecorded } from "./workspace.ts";

/** What was seen of a round from outside. */
export interface Seen {
  /** Runs that were started. */
  readonly started: readonly string[];
  /** Keys of agents' calls, as the agents noted them. */
  readonly calls: readonly string[];
  /** What people decided and were told that it was recorded: approval and decision. */
  readonly acknowledged: readonly string[];
}

/** Of attempts that an agent worked at. */
const WORKED = new Set(["completed", "approved", "failed"]);

export async function findWrong(
  { started, calls, acknowledged }: Seen,
  control: MissionControl,
  { history, events }: { history: History; events: readonly OutboxEvent[] },
): Promise<readonly string[]> {
  const { runs, rows, requests } = history;
  const wrong: string[] = [];
  const expect = (what: string, found: readonly unknown[]) => {
    if (found.length > 0) wrong.push(`${what}: ${JSON.stringify(found)}`);
  };

  expect(
    "runs that did not end",
    runs.filter(({ status }) => status !== "completed" && status !== "failed"),
  );
  expect(
    "runs lost or doubled",
    differ(
      started,
      runs.map(({ run_id }) => run_id),
    ),
  );

  const keyed = rows.map((row) => ({
    ...row,
    key: `${row.run_id}:${row.task_id}:${row.attempt ?? 1}`,
  }));
  expect("rows doubled", findDoubled(keyed.map(({ key }) => key)));
  const again = new Set(keyed.filter(wasCalledAgain).map(({ key }) => key));
  expect(
    "called twice, and no row says so",
    findDoubled(calls).filter((key) => !again.has(key)),
  );
  const known = new Set(keyed.map(({ key }) => key));
  expect(
    "called, and no row",
    [...new Set(calls)].filter((key) => !known.has(key)),
  );
  const called = new Set(calls);
  expect(
    "rows of work that nobody did",
    keyed.filter(
      ({ key, outcome, runtime }) =>
        WORKED.has(outcome) && runtime !== undefined && !called.has(key),
    ),
  );
  const ended = events.filter(({ event }) => event === "run-ended").map(({ run_id }) => run_id);
  expect("runs not ended just once", differ(started, ended));

  const decided = requests.filter(({ status }) => status === "decided");
  const recorded = decided.map(({ approval_id, decision }) => `${approval_id} ${decision}`);
  expect("decisions lost or doubled", differ(acknowledged, recorded));
  const decisions = events.filter(({ event }) => event === "approval-decided");
  expect(
    "decisions not told just once",
    differ(
      decided.map(({ approval_id }) => approval_id),
      decisions.map(({ subject }) => subject),
    ),
  );
  expect(
    "people still asked",
    requests.filter(({ status }) => status === "pending"),
  );

  const { findings } = await control.audit();
  expect(
    "audit",
    findings.filter(({ severity }) => severity === "error"),
  );
  const { free, held } = await control.waiting();
  expect("runs left to workers", free + held === 0 ? [] : [{ free, held }]);
  return wrong;
}

/** What the files of a workspace say that its database does not, and what was left lying about. */
export function findWrongFiles(folder: string): readonly string[] {
  const wrong = ["task_execution_logs", "mission_runs", "approval_requests"].flatMap((name) =>
    isDeepStrictEqual(readDocument(folder, name), readRecorded(folder, name))
      ? []
      : [`${name}.json is not what is recorded`],
  );
  const left = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tmp$|drafts.|holders./.test(name),
  );
  return [...wrong, ...left.map((name) => `left behind: ${name}`)];
}

function wasCalledAgain({ warnings }: { warnings?: readonly string[] | undefined }): boolean {
  return warnings?.some((text) => text.startsWith("Called again")) === true;
}

function findDoubled(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
}

/** What is in one list only, or more often there. */
function differ(one: readonly string[], other: readonly string[]): readonly string[] {
  const left = [...other];
  const missing = one.filter((name) => {
    const place = left.indexOf(name);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
  return [...missing.map((name) => `- ${name}`), ...left.map((name) => `+ ${name}`)];
}
