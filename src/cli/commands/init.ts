import { Command, Option } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

const NEXT = { sample: "run M001", claims: "plan C001", empty: "validate" } as const;

export function initCommand(act: Act) {
  return new Command("init")
    .argument("[dir]")
    .description("make a workspace, from the sample unless told otherwise; never overwrites")
    .addOption(
      new Option("--sample <name>", "another sample")
        .choices(["sample", "claims"] as const)
        .conflicts("empty"),
    )
    .option("--empty", "without any mission, for one's own")
    .action((dir, { sample = "sample", empty }) =>
      act(async (context) => {
        const { initWorkspace } = await import("../../app/init-workspace.ts");
        const workspace = dir ?? context.folder;
        const from = empty === true ? "empty" : sample;
        const written = initWorkspace(workspace, { from });
        const what = {
          sample: "from the sample",
          claims: "from the sample of claims",
          empty: "without any mission",
        };
        context.print({ workspace, written }, () =>
          written.length === 0
            ? `${workspace} is a workspace already; nothing was changed.`
            : `Made the workspace ${workspace} ${what[from]}.\nNext: mission-control --workspace ${workspace} ${NEXT[from]}`,
        );
        return 0;
      }),
    );
}
