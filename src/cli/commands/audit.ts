import { Command } from "@commander-js/extra-typings";

import type { AuditResult } from "../../app/audit-workspace.ts";
import { MissionError } from "../../errors.ts";
import type { Finding } from "../../history/audit/finding.ts";
import { count } from "../../model/count.ts";
import { toPlainLine } from "../../model/plain-text.ts";
import type { Act } from "../command.ts";
import { type Line, colour, joinLines } from "../print.ts";
import type { Screen } from "../screen.ts";

/** Exits with 1 when there are errors. */
export function auditCommand(act: Act) {
  return new Command("audit")
    .description(
      "do the records balance: findings over the workspace; exits with 1 when there are errors",
    )
    .option("--fix", "write recomputed statistics and snapshots next to the recorded ones")
    .option("--head", "print what stands for all that is recorded, to keep elsewhere")
    .option("--expect-head <head>", "check that all up to this head is as it was")
    .action(({ fix = false, head, expectHead }) =>
      act((context) => {
        if (expectHead !== undefined && !/^(?:0:|\d{1,15}:[0-9a-f]{64})$/.test(expectHead)) {
          throw new MissionError("USAGE", "--expect-head takes what audit --head has printed.");
        }
        return context.withControl(
          async (control) => {
            const expected = expectHead === undefined ? {} : { expectHead };
            const result = await control.audit({ fix, ...expected });
            if (head === true) {
              context.print({ head: result.head }, () => result.head);
              return 0;
            }
            context.print(result, () => formatAudit(result, context.screen));
            return (result.counts["error"] ?? 0) === 0 ? 0 : 1;
          },
          { leaveOut: true },
        );
      }),
    );
}

function sayFinding({ severity, code, message }: Finding, screen: Screen): string {
  return screen.wrap(`${severity} ${code}\n  ${toPlainLine(message)}`);
}

function formatAudit({ findings, counts, written }: AuditResult, screen: Screen): Line {
  const { error = 0, warning = 0, info = 0 } = counts;
  const known = findings.filter((finding) => finding.known_at_import === true).length;
  return joinLines([
    ...(findings.length === 0
      ? [colour("green", "The records balance.")]
      : [
          // In a table of a terminal what is wrong would be cut off.
          screen.isTerminal
            ? findings.map((finding) => sayFinding(finding, screen)).join("\n")
            : screen.table(
                ["SEVERITY", "CODE", "FINDING"],
                findings.map((finding) => [finding.severity, finding.code, finding.message]),
              ),
          "",
          `${count(error, "error")}, ${count(warning, "warning")}, ${info} to know.`,
          ...(known === 0
            ? []
            : [
                screen.wrap(
                  `${known} of them did not balance in what was imported: nothing here made them.`,
                ),
              ]),
        ]),
    ...written.map((path) => `Wrote ${path}.`),
  ]);
}
