import { describe, expect, it } from "vitest";
import { z } from "zod";

import { DOCUMENT_NAMES, jsonSchemaOf } from "../../src/model/documents.ts";

/** What of a JSON Schema is looked at here. */
interface Part {
  readonly properties?: Readonly<Record<string, Part>> | undefined;
  readonly description?: string | undefined;
  readonly [keyword: string]: unknown;
}

const partSchema: z.ZodType<Part> = z.lazy(() =>
  z.looseObject({
    properties: z.record(z.string(), partSchema).optional(),
    description: z.string().optional(),
  }),
);

/** Fields that nobody described, at any depth. */
function findUndescribed(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const parsed = partSchema.safeParse(value);
  const fields = parsed.success ? Object.entries(parsed.data.properties ?? {}) : [];
  return [
    ...fields
      .filter(([, field]) => (field.description ?? "") === "")
      .map(([name]) => `${path}.${name}`),
    ...Object.entries(value).flatMap(([name, inner]) =>
      name === "default"
        ? []
        : findUndescribed(inner, name === "properties" ? path : `${path}.${name}`),
    ),
  ];
}

describe("jsonSchemaOf", () => {
  it.each(DOCUMENT_NAMES)("names the schema of %s for good", (name) => {
    expect(jsonSchemaOf(name)).toMatchObject({
      $id: `urn:mission-control:schema:${name}`,
      $schema: "https://json-schema.org/draft/2020-12/schema",
    });
  });

  it.each(DOCUMENT_NAMES)("describes every field of %s", (name) => {
    expect(findUndescribed(jsonSchemaOf(name), name)).toEqual([]);
  });

  it("would find a field that nobody described", () => {
    const schema = z.toJSONSchema(
      z.array(z.object({ a: z.object({ b: z.int() }).describe("A.") })),
    );

    expect(findUndescribed(schema, "x")).toEqual(["x.items.a.b"]);
  });
});
