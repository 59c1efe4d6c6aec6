/** References between documents, and times and minutes that cannot be. */

import type { History } from "../../model/history.ts";
import { type MissionRun, isEnded } from "../../model/mission-runs.ts";
import type { Reference } from "../../model/reference.ts";
import { MINUTE_MS, minutesBetween, toMs } from "../../model/time.ts";
import { type Finding, aFinding } from "./finding.ts";

/** Rows whose times and minutes differ by more than rounding are impossible. In minutes. */
const ROUNDING = 0.02;

export function auditRecords(history: History, reference: Reference): readonly Finding[] {
  const missions = new Set(reference.missions.map((mission) => mission.mission_id));
  const agents = new Set(reference.agents.map((agent) => agent.agent_id));
  const tasks = new Set(
    reference.plans.flatMap(({ mission_id, tasks: planned }) =>
      planned.map(({ task_id }) => `${mission_id}/${task_id}`),
    ),
  );
  const runs = new Map(history.runs.map((run) => [run.run_id, run]));
  /** A run goes by the plan that it was opened with, whatever the plan is today. */
  const isPlanned = (run: MissionRun | undefined, mission_id: string, task_id: string) =>
    history.plans.get(run?.plan_hash ?? "")?.tasks.some((task) => task.task_id === task_id) ??
    tasks.has(`${mission_id}/${task_id}`);
  const orphan = (
    place: { document: string; record: string },
    { run_id, mission_id, task_id }: { run_id: string; mission_id: string; task_id: string },
  ): Finding[] => {
    const run = runs.get(run_id);
    const wrong = (field: string, recorded: string, what: string) =>
      aFinding({ code: "UNKNOWN_REFERENCE", severity: "error", ...place, field, recorded }, what);
    return [
      ...(run === undefined ? [wrong("run_id", run_id, `there is no run ${run_id}`)] : []),
      ...(run !== undefined && run.mission_id !== mission_id
        ? [wrong("mission_id", mission_id, `${run_id} is a run of ${run.mission_id}`)]
        : []),
      ...(isPlanned(run, mission_id, task_id)
        ? []
        : [wrong("task_id", task_id, `the plan of ${mission_id} has no task ${task_id}`)]),
    ];
  };
  return [
    ...history.runs.flatMap((run) => {
      const place = { document: "mission_runs", record: run.run_id, run_id: run.run_id };
      const { start_time, end_time } = run;
      return [
        ...(missions.has(run.mission_id)
          ? []
          : [
              aFinding(
                {
                  code: "UNKNOWN_REFERENCE",
                  severity: "error",
                  ...place,
                  field: "mission_id",
                  recorded: run.mission_id,
                },
                `there is no mission ${run.mission_id}`,
              ),
            ]),
        ...(end_time !== undefined && toMs(end_time) < toMs(start_time)
          ? [impossible(place, "end_time", end_time, "it ends before it starts")]
          : []),
        ...(isEnded(run) && end_time === undefined
          ? [impossible(place, "end_time", null, `it is ${run.status} without an end`)]
          : []),
      ];
    }),
    ...history.rows.flatMap((row) => {
      const { run_id, task_id, attempt = 1, agent_id, started_at, ended_at } = row;
      const place = {
        document: "task_execution_logs",
        record: `${run_id} ${task_id} attempt ${attempt}`,
        run_id,
      };
      const { actual_duration_minutes: duration, human_delay_minutes: delay } = row;
      const between =
        started_at === undefined || ended_at === undefined
          ? undefined
          : minutesBetween(started_at, ended_at);
      return [
        ...orphan(place, row),
        ...(agents.has(agent_id)
          ? []
          : [
              aFinding(
                {
                  code: "UNKNOWN_REFERENCE",
                  severity: "error",
                  ...place,
                  field: "agent_id",
                  recorded: agent_id,
                },
                `there is no agent ${agent_id}`,
              ),
            ]),
        ...(delay > duration + ROUNDING
          ? [impossible(place, "human_delay_minutes", delay, "it waited longer than it took")]
          : []),
        ...(between !== undefined && between < 0
          ? [impossible(place, "ended_at", ended_at, "it ends before it starts")]
          : []),
        ...(between !== undefined && between >= 0 && Math.abs(between - duration) > ROUNDING
          ? [
              aFinding(
                {
                  code: "IMPOSSIBLE_TIME",
                  severity: "error",
                  ...place,
                  field: "actual_duration_minutes",
                  recorded: duration,
                  recomputed: between,
                },
                "its times say otherwise",
              ),
            ]
          : []),
      ];
    }),
    ...history.events.flatMap((event) => {
      const { event_id, run_id } = event;
      const place = { document: "mission_risk_events", record: event_id, run_id };
      const run = runs.get(event.run_id);
      const { detected_at, closed_at } = event;
      const isEarly = run !== undefined && toMs(detected_at) < toMs(run.start_time) - MINUTE_MS;
      return [
        ...orphan(place, event),
        ...(isEarly
          ? [impossible(place, "detected_at", detected_at, "it was found before its run started")]
          : []),
        ...(closed_at !== undefined && toMs(closed_at) < toMs(detected_at)
          ? [impossible(place, "closed_at", closed_at, "it was closed before it was found")]
          : []),
      ];
    }),
    ...history.requests.flatMap((request) => {
      const { approval_id, run_id } = request;
      const place = { document: "approval_requests", record: approval_id, run_id };
      const { approval_request_time: asked, decided_at } = request;
      return [
        ...orphan(place, request),
        ...(decided_at !== undefined && toMs(decided_at) < toMs(asked)
          ? [impossible(place, "decided_at", decided_at, "it was decided before it was asked")]
          : []),
      ];
    }),
  ];
}

function impossible(
  place: { document: string; record: string },
  field: string,
  recorded: unknown,
  what: string,
): Finding {
  return aFinding({ code: "IMPOSSIBLE_TIME", severity: "error", ...place, field, recorded }, what);
}
