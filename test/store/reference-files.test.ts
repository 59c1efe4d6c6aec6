import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readPolicy } from "../../src/store/documents/reference-files.ts";
import { aFolder } from "../support/workspace.ts";

describe("the policy where there is no file", () => {
  it("belongs to who reads it: what they change in it changes nobody else's", () => {
    const read = () => readPolicy(join(aFolder(), "policy.json"), { required: false });
    const own = read();
    own.approvals.due_minutes = 999;
    own.risk.rules.length = 1;

    const other = read();

    expect(other.approvals.due_minutes).toBe(5);
    expect(other.risk.rules.length).toBeGreaterThan(1);
  });
});
