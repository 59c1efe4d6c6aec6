/** What the subcommands of `new` share. */

import type { CommandContext } from "../../context.ts";

/** Ids with commas between them. */
export function parseList(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Says what was added, where, and what comes next. */
export function printAdded(
  context: CommandContext,
  { what, written, next }: { what: string; written: readonly string[]; next: string },
): void {
  const { folder, config } = context;
  const where = folder === config.workspace ? "" : `--workspace ${folder} `;
  context.print({ added: what, written }, () =>
    [`Added ${what} to ${written.join(" and ")}.`, `Next: mission-control ${where}${next}`].join(
      "\n",
    ),
  );
}
