import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function initCommand(act: Act) {
  return new Command("init")
    .argument("[dir]")
    .description("make a workspace from the sample; never overwrites")
    .action((dir) =>
      act(async (context) => {
        const { initWorkspace } = await import("../../app/workspace.ts");
        const workspace = dir ?? context.folder;
        const written = initWorkspace(workspace);
        context.print({ workspace, written }, () =>
          written.length === 0
            ? `${workspace} is a workspace already; nothing was changed.`
            : `Made the workspace ${workspace} from the sample.\nNext: mission-control --workspace ${workspace} run M001`,
        );
        return 0;
      }),
    );
}
