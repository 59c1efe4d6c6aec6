import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function importCommand(act: Act) {
  return new Command("import")
    .argument("[dir]", "folder of the documents (default: the workspace's own)")
    .description("take over the records of telemetry documents; deletes nothing")
    .action((dir) =>
      act((context) =>
        context.withControl(async (control) => {
          const { records } = await control.importDocuments(dir);
          context.print({ records }, () => `Imported ${records} records.`);
          return 0;
        }),
      ),
    );
}
