/** A table of the fields of a JSON Schema, nested ones by their path. */

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
