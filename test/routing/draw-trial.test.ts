import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { drawTrial, luckOf } from "../../src/routing/draw-trial.ts";
import { rankRoutes } from "../../src/routing/rank-routes.ts";
import { anAgent } from "../support/builders.ts";

const ranked = (count: number) =>
  rankRoutes(
    Array.from({ length: count }, (_, position) => anAgent({ agent_id: `A${position + 1}` })),
    { evidence: new Map(), routing: DEFAULT_POLICY.routing },
  );
const idsOf = (candidates: readonly { readonly agent_id: string }[]) =>
  candidates.map(({ agent_id }) => agent_id);

describe("a trial", () => {
  it("leaves the ranking as it is without a share, and without another agent", () => {
    expect(drawTrial(ranked(3), { share: 0, luck: 0 })).toEqual(ranked(3));
    expect(drawTrial(ranked(1), { share: 1, luck: 0 })).toEqual(ranked(1));
    expect(drawTrial([], { share: 1, luck: 0 })).toEqual([]);
  });

  it("puts the agent drawn before the others, who keep their order", () => {
    const tried = drawTrial(ranked(4), { share: 0.3, luck: 0.15 });

    expect(idsOf(tried)).toEqual(["A3", "A1", "A2", "A4"]);
    expect(tried.map(({ propensity }) => propensity)).toEqual([0.1, 0.7, 0.1, 0.1]);
  });

  it("has chances that are those of its draws, and sum to 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (count, share) => {
          const draws = 5_000;
          const firsts = new Map<string, number>();
          let chances: ReadonlyMap<string, number | undefined> = new Map();
          for (let draw = 0; draw < draws; draw += 1) {
            const drawn = drawTrial(ranked(count), { share, luck: (draw + 0.5) / draws });
            const [first] = drawn;
            firsts.set(first?.agent_id ?? "", (firsts.get(first?.agent_id ?? "") ?? 0) + 1);
            chances = new Map(drawn.map(({ agent_id, propensity }) => [agent_id, propensity]));
          }
          const sum = [...chances.values()].reduce<number>((all, one) => all + (one ?? 0), 0);
          expect(sum).toBeCloseTo(1, 4);
          for (const [agent_id, chance] of chances) {
            expect((firsts.get(agent_id) ?? 0) / draws).toBeCloseTo(chance ?? Number.NaN, 2);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it("is drawn evenly from a hash", () => {
    expect(luckOf("0".repeat(64))).toBe(0);
    expect(luckOf(`8${"0".repeat(63)}`)).toBe(0.5);
    expect(luckOf("f".repeat(64))).toBeLessThan(1);
  });
});
