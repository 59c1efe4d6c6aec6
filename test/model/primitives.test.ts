import { describe, expect, it } from "vitest";

import { workMinutesSchema } from "../../src/model/agent-reply.ts";
import {
  MOST_WORK_MINUTES,
  estimateSchema,
  figureSchema,
  idSchema,
  minutesSchema,
  newRunIdSchema,
  figuresSchema,
  reasonSchema,
  requesterSchema,
  storedReasonSchema,
} from "../../src/model/primitives.ts";
import { addMinutes } from "../../src/model/time.ts";
import { NOON } from "../support/builders.ts";

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe("idSchema", () => {
  it.each([
    "T1",
    "_",
    "a.b-c_d",
    "__proto",
    "toString",
    "constructors",
    "x".repeat(80),
    "portfolio",
  ])("takes %s", (id) => {
    expect(accepts(idSchema, id)).toBe(true);
  });

  it.each(["", ".a", "-a", "a/b", "a b", "x".repeat(81), "__proto__", "constructor", "prototype"])(
    "refuses %j",
    (id) => {
      expect(accepts(idSchema, id)).toBe(false);
    },
  );
});

describe("newRunIdSchema", () => {
  it.each([
    ["RUN_1", true],
    ["portfolio_2", true],
    ["portfolio", false],
    ["PortFolio", false],
    ["__proto__", false],
  ])("has its say on %s: %s", (id, isTaken) => {
    expect(accepts(newRunIdSchema, id)).toBe(isTaken);
  });
});

describe("limits", () => {
  it.each([
    ["figures", figureSchema, 1e15, 1.001e15],
    ["negative figures", figureSchema, -1e15, -1.001e15],
    ["minutes", minutesSchema, 1e12, 1.001e12],
    ["no minutes", minutesSchema, 0, -0.01],
    ["reported work", workMinutesSchema, 1_000_000, 1_000_000.01],
    ["estimates", estimateSchema, 500_000, 500_000.01],
    ["small estimates", estimateSchema, 0.01, 0.009],
    ["observations", figuresSchema, { a: 1e15 }, { a: 1e308 }],
    ["negative observations", figuresSchema, { a: -1e15 }, { a: -1e308 }],
    ["reasons", reasonSchema, "x".repeat(10_000), "x".repeat(10_001)],
    ["stored reasons", storedReasonSchema, "x".repeat(11_000), "x".repeat(11_001)],
    ["who asks", requesterSchema, "x".repeat(200), "x".repeat(201)],
    ["who asks, unsaid", requesterSchema, "  ", null],
  ])("hold for %s", (_name, schema, within, beyond) => {
    expect(accepts(schema, within)).toBe(true);
    expect(accepts(schema, beyond)).toBe(false);
  });

  it("leave room for a reason with a name in what is stored", () => {
    const words = `${"x".repeat(10_000)} (${"n".repeat(200)})`;

    expect(accepts(storedReasonSchema, words)).toBe(true);
  });

  it("leave room for 4,000 attempts of the longest work before the year 9999", () => {
    const end = addMinutes(NOON, 4000 * MOST_WORK_MINUTES);

    expect(end < "9999-01-01").toBe(true);
  });
});
