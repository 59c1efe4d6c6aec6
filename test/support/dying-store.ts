import type { WholeStore } from "../../src/store/store.ts";

/** The store, with a place to die before and after each of its writes. */
export function dyingStore(store: WholeStore, mayDie: () => void): WholeStore {
  const around =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      mayDie();
      const result = await write(...args);
      mayDie();
      return result;
    };
  return {
    ...store,
    openRun: around(store.openRun.bind(store)),
    changeRun: around(store.changeRun.bind(store)),
    endRun: around(store.endRun.bind(store)),
    keepRouting: around(store.keepRouting.bind(store)),
    putTaskLog: around(store.putTaskLog.bind(store)),
    requestApproval: around(store.requestApproval.bind(store)),
    decideApprovals: around(store.decideApprovals.bind(store)),
    voidApprovals: around(store.voidApprovals.bind(store)),
    refreshAgentStats: around(store.refreshAgentStats.bind(store)),
    changeRisks: around(store.changeRisks.bind(store)),
    setMark: around(store.setMark.bind(store)),
    checkpoints: {
      ...store.checkpoints,
      put: around(store.checkpoints.put.bind(store.checkpoints)),
      replace: around(store.checkpoints.replace.bind(store.checkpoints)),
      putWrites: around(store.checkpoints.putWrites.bind(store.checkpoints)),
    },
  };
}

/** Kills this process when it has been asked so many times. */
export function dieAt(point: number): {
  readonly mayDie: () => void;
  readonly passed: () => number;
} {
  let passed = 0;
  return {
    mayDie() {
      passed += 1;
      if (passed === point) process.kill(process.pid, "SIGKILL");
    },
    passed: () => passed,
  };
}
