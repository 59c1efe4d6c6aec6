import { auditWorkspace } from "../../app/audit-workspace.ts";
import type { CommandContext } from "../context.ts";
import { formatTable } from "../format.ts";
import { colour, joinLines } from "../print.ts";

/** Exits with 1 when there are errors. */
export async function audit(
  context: CommandContext,
  { fix = false }: { fix?: boolean },
): Promise<number> {
  const workspace = context.openWorkspace();
  // What a crash left in the journal belongs in the books; documents that cannot be read are findings.
  await workspace.store.close().catch(() => {});
  const result = await auditWorkspace(workspace, { fix });
  const { findings, counts, written } = result;
  const { error = 0, warning = 0, info = 0 } = counts;
  context.print(result, () =>
    joinLines([
      ...(findings.length === 0
        ? [colour("green", "The books balance.")]
        : [
            formatTable(
              ["SEVERITY", "CODE", "FINDING"],
              findings.map((finding) => [finding.severity, finding.code, finding.message]),
            ),
            "",
            `${error} errors, ${warning} warnings, ${info} to know.`,
          ]),
      ...written.map((path) => `Wrote ${path}.`),
    ]),
  );
  return error === 0 ? 0 : 1;
}
