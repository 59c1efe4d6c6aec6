/** What an editor needs to complete and check the documents that people edit. */

import { type DocumentName, REFERENCE_DOCUMENT_NAMES, jsonSchemaOf } from "../model/documents.ts";

const EDITED: readonly DocumentName[] = [...REFERENCE_DOCUMENT_NAMES, "policy"];

/** Where a schema is, from the folder of the workspace. */
export function schemaFile(name: DocumentName): string {
  return `schemas/${name}.schema.json`;
}

/**
 * The schemas, and settings that say which is for which file: a list cannot name its own.
 *
 * @returns texts by file.
 */
export function editorFiles(): ReadonlyMap<string, string> {
  const settings = {
    "json.schemas": EDITED.map((name) => ({
      fileMatch: [`/${name}.json`],
      url: `./${schemaFile(name)}`,
    })),
  };
  return new Map([
    ...EDITED.map((name) => [schemaFile(name), toText(jsonSchemaOf(name))] as const),
    [".vscode/settings.json", toText(settings)] as const,
  ]);
}

function toText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
