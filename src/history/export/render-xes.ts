/** An event log as XES, IEEE 1849-2016: what ProM, pm4py and Disco open. */

import { canonicalJson } from "../../model/canonical-json.ts";
import { toPlainText } from "../../model/plain-text.ts";
import { toInstant } from "../../model/time.ts";
import { type Activity, type Trace, compareAttempts } from "./event-log.ts";

/** The two characters that XML 1.0 has no place for although nobody obeys them. */
const FORBIDDEN = /[\uFFFE\uFFFF]/g;

/** White space is escaped too: a reader makes spaces of it in attributes otherwise. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#9;"],
  ["\n", "&#10;"],
]);

// The standard's schema has no namespace, so there is none here.
const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <string key="lifecycle:transition" value="complete"/>
    <string key="org:resource" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
  </global>
  <classifier name="Activity" scope="event" keys="concept:name"/>
  <string key="lifecycle:model" value="standard"/>
`;

/** One end of an activity. */
interface Event {
  readonly activity: Activity;
  readonly transition: "start" | "complete";
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The document in pieces, one a run. An activity is two events; they are ordered by time, task id, attempt. */
export function* renderXes(traces: Iterable<Trace>): Generator<string> {
  yield HEAD;
  for (const trace of traces) yield renderTrace(trace);
  yield "</log>\n";
}

function renderTrace({ run, activities }: Trace): string {
  const events = activities
    .flatMap((activity): readonly Event[] => [
      { activity, transition: "start", at: activity.start },
      { activity, transition: "complete", at: activity.end },
    ])
    // Sorting is stable, so that what takes no time starts before it completes.
    .toSorted((a, b) => a.at - b.at || compareAttempts(a.activity, b.activity));
  return [
    "  <trace>",
    `    ${attribute("string", "concept:name", run.run_id)}`,
    `    ${attribute("string", "mission_id", run.mission_id)}`,
    `    ${attribute("string", "status", run.status)}`,
    ...(run.mission_inputs === undefined
      ? []
      : [`    ${attribute("string", "mission_inputs", canonicalJson(run.mission_inputs))}`]),
    ...events.map((event) => renderEvent(event, run.mission_id)),
    "  </trace>\n",
  ].join("\n");
}

function renderEvent({ activity, transition, at }: Event, missionId: string): string {
  const attributes = [
    attribute("string", "concept:name", activity.name),
    attribute("string", "lifecycle:transition", transition),
    attribute("string", "org:resource", activity.resource),
    attribute("date", "time:timestamp", toInstant(at)),
    attribute("string", "outcome", activity.outcome),
    attribute("int", "attempt", activity.attempt),
    attribute("float", "work_minutes", activity.work_minutes),
    attribute("float", "human_delay_minutes", activity.human_delay_minutes),
    attribute("string", "mission_id", missionId),
  ];
  return ["    <event>", ...attributes.map((line) => `      ${line}`), "    </event>"].join("\n");
}

function attribute(
  type: "string" | "date" | "int" | "float",
  key: string,
  value: string | number,
): string {
  return `<${type} key="${key}" value="${escapeXml(String(value))}"/>`;
}

/** Plain text for an attribute in double quotes. */
function escapeXml(text: string): string {
  return toPlainText(text)
    .replaceAll(FORBIDDEN, "\u{FFFD}")
    .replaceAll(/[&<>"\t\n]/g, (mark) => ENTITIES.get(mark) ?? "");
}
