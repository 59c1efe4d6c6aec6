/** What the subcommands of `new` share. */

import type { CommandContext } from "../../context.ts";

/** Ids with commas between them, each once. */
export function parseList(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(",").map((part) => part.trim());
  return [...new Set(parts)].filter((part) => part !== "");
}

/** Says what was added, where, and what comes next. */
export function printAdded(
  context: CommandContext,
  { what, written, next }: { what: string; written: readonly string[]; next: readonly string[] },
): void {
  const command = context.screen.command(...next);
  context.print({ added: what, written }, () =>
    [`Added ${what} to ${written.join(" and ")}.`, `Next: ${command}`].join("\n"),
  );
}
