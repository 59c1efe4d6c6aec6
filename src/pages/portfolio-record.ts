/** The tables of the board page. */

import { KPI_HEADER } from "../reporting/kpi-words.ts";
import type { Portfolio } from "../reporting/portfolio.ts";
import { kpiRow } from "./kpi-table.ts";
import type { Table } from "./table.ts";
import { sayInstant } from "./time-words.ts";

export function missionTable({ missions }: Portfolio): Table {
  return {
    header: ["Mission", "Owner", "Runs", "At risk"],
    rows: missions.map(({ mission_id, mission_name, owner, runs, open_events }) => [
      `${mission_name} (${mission_id})`,
      owner ?? "–",
      String(runs),
      open_events
        .map(({ risk_type, task_id, severity }) => `${risk_type} at ${task_id} (${severity})`)
        .join(", ") || "no",
    ]),
  };
}

export function missionKpiTable({ missions }: Portfolio): Table {
  return {
    header: ["Mission", "Run", ...KPI_HEADER],
    rows: missions.flatMap(({ mission_id, measured_run_id, kpis }) =>
      kpis.map((kpi) => [mission_id, measured_run_id ?? "–", ...kpiRow(kpi)]),
    ),
  };
}

export function actTable({ must_act }: Portfolio): Table {
  return {
    header: ["Who", "Mission", "What", "Since (UTC)"],
    rows: must_act.map(({ who, mission_id, what, since }) => [
      who ?? "not named",
      mission_id,
      what,
      sayInstant(since),
    ]),
  };
}
