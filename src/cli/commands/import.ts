import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function importCommand(act: Act) {
  return new Command("import")
    .argument("[dir]", "folder of the documents (default: the workspace's own)")
    .description("take over the records of telemetry documents; deletes nothing")
    .action((dir) =>
      act((context) =>
        context.withControl(async (control) => {
          const { records, forgotten } = await control.importDocuments(dir);
          context.print({ records, forgotten }, () => `Imported ${records} records.`);
          if (forgotten.length > 0) context.note(sayForgotten(forgotten));
          return 0;
        }),
      ),
    );
}

function sayForgotten(ids: readonly string[]): string {
  return `What the agents go on from that asked ${ids.join(", ")} stayed where they were asked: decided here, they begin anew, and may ask again.`;
}
