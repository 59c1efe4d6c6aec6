import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { Act } from "../command.ts";

export function schemaCommand(act: Act) {
  return new Command("schema")
    .argument("[name]")
    .description("JSON Schema of a document; without a name, the documents there are")
    .action((name) =>
      act(async (context) => {
        const { DOCUMENT_NAMES, DOCUMENT_PURPOSES, jsonSchemaOf } =
          await import("../../model/documents.ts");
        if (name === undefined) {
          context.print(DOCUMENT_NAMES, () =>
            context.screen.table(
              ["DOCUMENT", "WHAT IT IS FOR"],
              DOCUMENT_NAMES.map((document) => [document, DOCUMENT_PURPOSES[document]]),
            ),
          );
          return 0;
        }
        const document = DOCUMENT_NAMES.find((known) => known === name.replace(/\.json$/, ""));
        if (document === undefined) {
          const names = DOCUMENT_NAMES.join(", ");
          throw new MissionError("USAGE", `There is no document "${name}", only ${names}.`);
        }
        const schema = jsonSchemaOf(document);
        context.print(schema, () => JSON.stringify(schema, null, 2));
        return 0;
      }),
    );
}
