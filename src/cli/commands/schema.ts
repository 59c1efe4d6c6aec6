import { MissionError } from "../../errors.ts";
import { DOCUMENT_NAMES, DOCUMENT_PURPOSES, jsonSchemaOf } from "../../model/documents.ts";
import type { CommandContext } from "../context.ts";
import { formatTable } from "../format.ts";

export async function schema(context: CommandContext, name?: string): Promise<number> {
  if (name === undefined) {
    context.print(DOCUMENT_NAMES, () =>
      formatTable(
        ["DOCUMENT", "WHAT IT IS FOR"],
        DOCUMENT_NAMES.map((document) => [document, DOCUMENT_PURPOSES[document]]),
      ),
    );
    return 0;
  }
  const document = DOCUMENT_NAMES.find((known) => known === name.replace(/\.json$/, ""));
  if (document === undefined) {
    throw new MissionError(
      "USAGE",
      `There is no document "${name}", only ${DOCUMENT_NAMES.join(", ")}.`,
    );
  }
  const schemaOfDocument = jsonSchemaOf(document);
  context.print(schemaOfDocument, () => JSON.stringify(schemaOfDocument, null, 2));
  return 0;
}
