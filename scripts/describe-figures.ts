/** The fields of every document as Markdown, generated from the schemas. */

import { DOCUMENT_NAMES, DOCUMENT_PURPOSES, jsonSchemaOf } from "../src/model/documents.ts";
import { describeComputed } from "./describe-computed.ts";
import { type JsonSchema, fieldTable } from "./field-table.ts";

/** docs/figures.md. */
export async function describeFigures(): Promise<string> {
  const sections = DOCUMENT_NAMES.map((name) => {
    const schema: JsonSchema = jsonSchemaOf(name);
    const table = fieldTable(schema.items ?? schema);
    return `## ${name}.json\n\n${DOCUMENT_PURPOSES[name]}\n\n${table}`;
  });
  const head =
    "# Figures\n\nWhat every stored field means, its unit and its formula. Generated from `src/model/` by\n`npm run docs`; change it there. A field in *italics* may be absent. Minutes are computed in\nmilliseconds and stored to 0.01; times are ISO 8601 in UTC.";
  return `${[head, ...sections, ...(await describeComputed())].join("\n\n")}\n`;
}
