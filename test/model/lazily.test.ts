import { describe, expect, it } from "vitest";
import { z } from "zod";

import { lazily } from "../../src/model/lazily.ts";

describe("a schema that is made when it is needed", () => {
  it("is made once, whatever is done with it", () => {
    const made: z.ZodType[] = [];
    const schema = lazily(() => {
      const own = z.strictObject({ name: z.string() });
      made.push(own);
      return own;
    });

    expect(made).toEqual([]);
    expect(schema.describe("Said.").parse({ name: "x" })).toEqual({ name: "x" });
    expect(schema.unwrap()).toBe(schema.unwrap());
    z.toJSONSchema(z.array(schema.optional()));

    expect(made).toEqual([schema.unwrap()]);
  });
});
