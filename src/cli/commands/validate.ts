import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function validateCommand(act: Act) {
  return new Command("validate")
    .description("every fault in the reference documents and the policy, at once")
    .action(() =>
      act(async (context) => {
        const { validateWorkspace } = await import("../../app/validate-workspace.ts");
        const { folder, faults, warnings } = await validateWorkspace(
          context.folder,
          context.policyFile,
        );
        context.print({ faults, warnings }, () =>
          [
            ...faults.map((fault) => `${fault.code}: ${fault.message}`),
            ...warnings.map((warning) => `warning: ${warning.message}`),
            countFaults(folder, faults.length),
          ].join("\n"),
        );
        return faults.length === 0 ? 0 : 2;
      }),
    );
}

function countFaults(folder: string, count: number): string {
  if (count === 0) return `${folder}: no faults.`;
  return count === 1 ? "1 fault." : `${count} faults.`;
}
