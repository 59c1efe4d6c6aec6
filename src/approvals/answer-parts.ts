import type { Json } from "../model/primitives.ts";

type Fields = Readonly<Record<string, Json>>;

/** What an answer is put together from, where the agent's schema wants an object; else nothing. */
export function partsOf(
  schema: Json = {},
): readonly { readonly name: string; readonly says: string }[] {
  const properties = fieldsOf(fieldsOf(schema)["properties"]);
  return Object.entries(properties).map(([name, property]) => {
    const { title, description, enum: choices } = fieldsOf(property);
    const more = [
      description,
      Array.isArray(choices)
        ? choices.map((choice) => JSON.stringify(choice)).join(" | ")
        : undefined,
    ];
    const told = more.filter((part) => typeof part === "string");
    const called = typeof title === "string" ? title : name;
    return { name, says: told.length === 0 ? called : `${called} (${told.join("; ")})` };
  });
}

function fieldsOf(value: Json = {}): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
