/** Event logs for tests, and readers that know nothing of the code that wrote them. */

import { readFileSync } from "node:fs";

import fc from "fast-check";
import { validateXML } from "xmllint-wasm";
import { z } from "zod";

import { buildEventLog } from "../../../src/history/export/event-log.ts";
import { renderCsv } from "../../../src/history/export/render-csv.ts";
import { renderXes } from "../../../src/history/export/render-xes.ts";
import type { PlanTask } from "../../../src/model/decomposed-mission-tasks.ts";
import { missionPlanSchema } from "../../../src/model/decomposed-mission-tasks.ts";
import { missionRunSchema } from "../../../src/model/mission-runs.ts";
import type { MissionRun } from "../../../src/model/mission-runs.ts";
import { taskLogSchema } from "../../../src/model/task-execution-logs.ts";
import type { TaskLog } from "../../../src/model/task-execution-logs.ts";
import { aRun } from "../../support/builders.ts";

const SCHEMA = readFileSync(new URL("xes.rng", import.meta.url), "utf8");

export const SAMPLE = {
  runs: readSample("mission_runs", missionRunSchema),
  rows: readSample("task_execution_logs", taskLogSchema),
};
export const SAMPLE_PLANS = readSample("decomposed_mission_tasks", missionPlanSchema);

interface Case {
  readonly rows: readonly TaskLog[];
  readonly tasks?: readonly PlanTask[];
  readonly run?: MissionRun;
}

/** The log of one run of mission M. */
export function aLog({ rows, tasks = [], run = aRun() }: Case) {
  return buildEventLog({ runs: [run], rows }, [{ mission_id: "M", tasks: [...tasks] }]);
}

export function toXes(log: ReturnType<typeof buildEventLog>): string {
  return [...renderXes(log)].join("");
}

export function toCsv(log: ReturnType<typeof buildEventLog>): string {
  return [...renderCsv(log)].join("");
}

/** What a validator has against a document; empty when it is XES. */
export async function findFaults(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml, schema: SCHEMA, extension: "relaxng" });
  return errors.map(({ message }) => message);
}

/** The attributes of each event, in order. */
export function readEvents(xml: string): readonly Readonly<Record<string, string>>[] {
  return [...xml.matchAll(/<event>(.*?)<\/event>/gs)].map(([, inside = ""]) =>
    Object.fromEntries(
      [...inside.matchAll(/key="([^"]*)" value="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        unescapeXml(value),
      ]),
    ),
  );
}

function unescapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code === undefined ? (named[name] ?? "") : String.fromCodePoint(Number(code)),
  );
}

/** Reads CSV as RFC 4180 has it. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare = "", mark] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy,
  )) {
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    if (mark === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** Any text, with what is markup, a formula or no character at all more often than by chance. */
export const textArbitrary = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("<", ">", "&", '"', "'", "]]>", "<!--", "&lt;", "&#0;", "\r\n", ",", '""'),
      fc.constantFrom(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\u0000",
        "\u001B",
        "\uD800",
        "\uDC00",
      ),
      fc.constantFrom(
        "\uFFFE",
        "\uFFFF",
        "\u{1F600}",
        "\u0085",
        "\u2028",
        "<?xml?>",
        "<!DOCTYPE x>",
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(""));

function readSample<S extends z.ZodType>(name: string, schema: S): z.infer<S>[] {
  const file = new URL(`../../../data/${name}.json`, import.meta.url);
  return z.array(schema).parse(JSON.parse(readFileSync(file, "utf8")));
}
