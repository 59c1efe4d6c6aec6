import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function policyCommand(act: Act) {
  return new Command("policy").description("the policy in force").action(() =>
    act(async (context) => {
      const { readPolicyInForce } = await import("../../app/workspace.ts");
      const policy = readPolicyInForce(context.folder, context.policyFile);
      context.print(policy, () => JSON.stringify(policy, null, 2));
      return 0;
    }),
  );
}
