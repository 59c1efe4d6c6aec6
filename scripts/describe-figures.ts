/** The fields of every document as Markdown, generated from the schemas. */

import { DOCUMENT_NAMES, DOCUMENT_PURPOSES, jsonSchemaOf } from "../src/model/documents.ts";
import { describeComputed } from "./describe-computed.ts";

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
}

/** docs/figures.md. */
export function describeFigures(): string {
  const sections = DOCUMENT_NAMES.map((name) => {
    const schema: JsonSchema = jsonSchemaOf(name);
    const table = fieldTable(schema.items ?? schema);
    return `## ${name}.json\n\n${DOCUMENT_PURPOSES[name]}\n\n${table}`;
  });
  const head =
    "# Figures\n\nWhat every stored field means, its unit and its formula. Generated from `src/model/` by\n`npm run docs`; change it there. A field in *italics* may be absent. Minutes are computed in\nmilliseconds and stored to 0.01; times are ISO 8601 in UTC.";
  return `${[head, ...sections, ...describeComputed()].join("\n\n")}\n`;
}

export function fieldTable(schema: JsonSchema): string {
  return ["| Field | Type | Meaning |", "| --- | --- | --- |", ...describeFields(schema, "")].join(
    "\n",
  );
}

function describeFields({ properties = {}, required = [] }: JsonSchema, path: string): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const full = path === "" ? name : `${path}.${name}`;
    const shown = required.includes(name) ? `\`${full}\`` : `*\`${full}\`*`;
    const meaning = [field.description ?? "", describeDefault(field)].filter((part) => part !== "");
    const row = `| ${shown} | ${describeType(field)} | ${meaning.join(" ")} |`;
    return [row, ...describeFields(field, full), ...describeFields(field.items ?? {}, `${full}[]`)];
  });
}

function describeType(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(" ");
  if (field.format === "date-time") return "time";
  if (field.format === "date") return "date";
  if (field.type === "array") return `list of ${describeType(field.items ?? {})}`;
  if (field.anyOf !== undefined) return field.anyOf.map(describeType).join(" or ");
  return typeof field.type === "string" ? field.type : "any";
}

function describeDefault({ default: value, properties }: JsonSchema): string {
  if (value === undefined || properties !== undefined) return "";
  if (Array.isArray(value) && value.length > 0) return "Default: see below.";
  return `Default \`${JSON.stringify(value)}\`.`;
}
