import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";

export function validateCommand(act: Act) {
  return new Command("validate")
    .description("every fault in the reference documents and the policy, at once")
    .option(
      "--reach",
      "also try to reach the agents: load the code of modules, ask servers whether they are there",
    )
    .action(({ reach = false }) =>
      act(async (context) => {
        const { validateWorkspace } = await import("../../app/validate-workspace.ts");
        const { folder, faults, warnings } = await validateWorkspace(
          context.folder,
          context.policyFile,
          { reach },
        );
        const lines = [
          ...faults.map((fault) => `${fault.code}: ${fault.message}`),
          ...warnings.map((warning) => `warning: ${warning.message}`),
          faults.length === 0 ? `${folder}: no faults.` : `${count(faults.length, "fault")}.`,
        ];
        context.print({ faults, warnings }, () => context.screen.wrap(lines.join("\n")));
        return faults.length === 0 ? 0 : 2;
      }),
    );
}
