import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { TestedEvent } from "../../history/backtest/backtest-events.ts";
import type { TestedGate } from "../../history/backtest/backtest-gates.ts";
import type { RouteComparison, TestedRoute } from "../../history/backtest/backtest-routes.ts";
import type { Backtest } from "../../history/backtest/backtest.ts";
import type { ThresholdSweep } from "../../history/backtest/sweep.ts";
import { defined } from "../../model/defined.ts";
import type { Act } from "../command.ts";
import type { CommandContext } from "../context.ts";
import type { Screen } from "../screen.ts";

interface BacktestOptions {
  readonly against?: string | undefined;
  readonly sweep?: string | undefined;
  readonly html?: string | undefined;
}

export function backtestCommand(act: Act) {
  return new Command("backtest")
    .description(
      "the policy of --policy (default: the one in force) over recorded runs: what would have changed; writes nothing",
    )
    .option("--against <file>", "compare it with this policy (default: the one in force)")
    .option("--sweep <range>", "try a threshold at many values, as RULE.METRIC=FROM..TO:STEP")
    .option("--html <file>", "write the sweep as a self-contained page with its curves as well")
    .action((options) => act((context) => backtest(context, options)));
}

/** `--policy` names the tested policy, as it names the policy in force for every other command. */
async function backtest(
  context: CommandContext,
  { against, sweep: range, html }: BacktestOptions,
): Promise<number> {
  if (html !== undefined && range === undefined) {
    throw new MissionError("USAGE", "--html draws the curve of a sweep: name it with --sweep.");
  }
  const { readPolicyInForce } = await import("../../app/workspace.ts");
  const other = readPolicyInForce(context.folder, against);
  return context.withControl(async (control) => {
    const result = await control.backtest({
      against: other,
      ...defined({ sweep: range }),
    });
    const { sweep } = result;
    if (html !== undefined && sweep !== undefined) {
      const { renderSweepPage } = await import("../../reports/pages/sweep-page.ts");
      const { writePage } = await import("../write-page.ts");
      writePage(html, renderSweepPage(sweep));
    }
    context.print(result, () => {
      const { screen } = context;
      if (sweep === undefined) return screen.wrap(formatBacktest(result, screen));
      return [
        screen.wrap(formatSweep(sweep, screen)),
        ...(html === undefined ? [] : ["", `Wrote ${html}.`]),
      ].join("\n");
    });
    return 0;
  });
}

function formatBacktest(result: Backtest, screen: Screen): string {
  const { events, flagged, recorded_events, gates, not_evaluable } = result;
  const marked = [
    ...events.appear.map((event) => ["+", ...eventCells(event)]),
    ...events.vanish.map((event) => ["-", ...eventCells(event)]),
  ];
  return [
    `Risk events: ${events.appear.length} appear (+), ${events.vanish.length} vanish (-), ${events.same} stay the same.`,
    ...table(screen, ["", "RUN", "MISSION", "TASK", "RISK", "SEVERITY", "RULE"], marked, [
      "RULE",
      "MISSION",
      "SEVERITY",
    ]),
    "",
    `Flagged runs: ${flagged.now.length}, on record ${flagged.recorded.length}; precision ${say(result.precision)}, recall ${say(result.recall)}.`,
    `Events on record: ${recorded_events.found} of ${recorded_events.recorded} found; precision ${say(recorded_events.precision)}, recall ${say(recorded_events.recall)}.`,
    "",
    `Approvals: ${gates.approvals}. Overdue: ${gates.overdue.appear.length} more, ${gates.overdue.vanish.length} no more, ${gates.overdue.same} both ways. ` +
      `Not by an approver: ${gates.refused.appear.length} more, ${gates.refused.vanish.length} no more. ` +
      `${gates.wait_minutes_affected} minutes of human wait affected.`,
    ...table(
      screen,
      ["GATE", "RUN", "TASK", "ATTEMPT", "WAITED", "BY"],
      [
        ...gates.overdue.appear.map((gate) => gateCells("overdue", gate)),
        ...gates.overdue.vanish.map((gate) => gateCells("in time", gate)),
        ...gates.refused.appear.map((gate) => gateCells("refused", gate)),
        ...gates.refused.vanish.map((gate) => gateCells("allowed", gate)),
      ],
      ["ATTEMPT", "BY", "WAITED"],
    ),
    "",
    ...formatRoutes(result.routes, screen),
    "",
    not_evaluable.length === 0 ? "Everything could be evaluated." : "Not evaluable:",
    ...not_evaluable.map(({ what, reason, n }) => `  ${n} ${what}, because ${reason}`),
  ].join("\n");
}

function formatRoutes(
  { changed, same, recorded }: RouteComparison,
  screen: Screen,
): readonly string[] {
  const logged = recorded.changed.reduce((sum, { runs }) => sum + runs, 0);
  return [
    `Routes: ${changed.length} tasks go to another agent, ${same} to the same. Of ${recorded.weighed} logged rankings ${logged} turn round.`,
    ...table(
      screen,
      ["TASK", "AGENT", "SCORE", "N", "RAN IT", "WORK RATIO", "ESCALATED", "TERMS"],
      changed.flatMap(({ mission_id, task_id, from, to }) => [
        routeCells(`${mission_id} ${task_id}, now`, from),
        routeCells(`${mission_id} ${task_id}, then`, to),
      ]),
      ["TERMS", "RAN IT", "N", "ESCALATED", "WORK RATIO"],
    ),
    ...table(
      screen,
      ["LOGGED", "FROM", "TO", "RUNS"],
      recorded.changed.map(({ mission_id, task_id, from, to, runs }) => [
        `${mission_id} ${task_id}`,
        from,
        to,
        String(runs),
      ]),
    ),
  ];
}

function formatSweep(
  { rule_id, metric, op, policy_value, recorded, points }: ThresholdSweep,
  screen: Screen,
): string {
  return [
    `${rule_id}: ${metric} ${op} value; the policy has ${policy_value}. ${recorded} runs are flagged on record.`,
    screen.table(
      ["VALUE", "EVENTS", "FLAGGED RUNS", "PRECISION", "RECALL"],
      points.map((point) => [
        String(point.value),
        String(point.events),
        String(point.flagged),
        say(point.precision),
        say(point.recall),
      ]),
    ),
  ].join("\n");
}

/** Nothing where there are no rows. */
function table<Title extends string>(
  screen: Screen,
  header: readonly Title[],
  rows: readonly (readonly string[])[],
  drop?: readonly NoInfer<Title>[],
): readonly string[] {
  return rows.length === 0 ? [] : [screen.table(header, rows, drop)];
}

function eventCells(event: TestedEvent): readonly string[] {
  const { run_id, mission_id, task_id, risk_type, severity, rule_id } = event;
  return [run_id, mission_id, task_id, risk_type, severity, rule_id];
}

function gateCells(what: string, gate: TestedGate): readonly string[] {
  const by = gate.status === "pending" ? "waits still" : (gate.decided_by ?? "not logged");
  return [what, gate.run_id, gate.task_id, String(gate.attempt), `${gate.wait_minutes} min`, by];
}

function routeCells(task: string, route: TestedRoute): readonly string[] {
  const terms = Object.entries(route.terms).map(([name, term]) => `${name} ${term}`);
  return [
    task,
    route.agent_id,
    String(route.score),
    String(route.n),
    String(route.executions_of_task),
    String(route.work_ratio),
    String(route.escalation_rate),
    terms.join(", "),
  ];
}

function say(share: number | null): string {
  return share === null ? "–" : String(share);
}
