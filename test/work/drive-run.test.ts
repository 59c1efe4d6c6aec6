import { describe, expect, it } from "vitest";

import type { WholeStore } from "../../src/store/store.ts";
import { aMissionControl, aStoreOf, aWorkspace } from "../support/workspace.ts";

/** A store whose last checkpoint of each call is kept as `replace` says; it tells when a lease ends. */
function withCheckpoints(
  store: WholeStore,
  replace: (kept: Promise<void>, leaseEnds: Promise<void>) => Promise<void>,
): WholeStore {
  let end = () => {};
  const leaseEnds = new Promise<void>((resolve) => (end = resolve));
  return {
    ...store,
    checkpoints: {
      ...store.checkpoints,
      replace: (checkpoint, writes) =>
        replace(store.checkpoints.replace(checkpoint, writes), leaseEnds),
    },
    async takeLease(name, purpose) {
      const lease = await store.takeLease(name, purpose);
      return {
        release(isDone) {
          const released = lease.release(isDone);
          if (name.startsWith("RUN_")) end();
          return released;
        },
      };
    },
  };
}

describe("a run that is driven", () => {
  it("gives its lease back while its checkpoint is kept, and has both before it is told", async () => {
    const workspace = aWorkspace();
    let isKept = false;
    const store = withCheckpoints(aStoreOf(workspace), async (kept, leaseEnds) => {
      await leaseEnds;
      await kept;
      isKept = true;
    });
    const control = await aMissionControl({ workspace, store });

    const { status } = await control.start({ mission_id: "M001" });

    expect({ status, isKept }).toEqual({ status: "awaiting_approval", isKept: true });
  });

  it("tells that its checkpoint was not kept, and goes on from the store", async () => {
    const workspace = aWorkspace();
    let isBroken = true;
    const store = withCheckpoints(aStoreOf(workspace), async (kept) => {
      if (isBroken) throw new Error("no checkpoint");
      await kept;
    });
    const control = await aMissionControl({ workspace, store });
    const { run_id, ended } = await control.begin({ mission_id: "M001" });
    await expect(ended).rejects.toThrow("no checkpoint");

    isBroken = false;
    const { status } = await control.decide(run_id, { T2: { type: "approve", decided_by: "ana" } });

    expect(status).toBe("completed");
  });
});
