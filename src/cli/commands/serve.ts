import { Command } from "@commander-js/extra-typings";

import { count } from "../../model/count.ts";
import type { Act } from "../command.ts";
import { parsePort, requireToken } from "../serve-callers.ts";
import { concurrencyOption, graceOption, kindsOption, parseHow, workUntilTold } from "./worker.ts";

export function serveCommand(act: Act) {
  return new Command("serve")
    .description(
      "a worker, and missions for other programs over MCP (/mcp) and A2A (/a2a), with health (/healthz, /readyz) and figures (/metrics), in one process",
    )
    .option("--port <port>", "where to listen", "8484")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .requiredOption(
      "--token-env <name>",
      "the environment variable with the token that every request but for the card and health must bear",
    )
    .addOption(concurrencyOption())
    .addOption(kindsOption())
    .addOption(graceOption())
    .action(({ port: given, host, tokenEnv, ...options }) =>
      act(async (context) => {
        const port = parsePort(given);
        const token = requireToken(context, tokenEnv);
        const how = await parseHow(options);
        const { serveAll } = await import("../../callers/serve-all.ts");
        const { sha256: hash } = await import("../../app/system.ts");
        const { screen, note } = context;
        return workUntilTold(context, how, (world, signal) => {
          const callers = { ...world, command: screen.command, hash, onTrouble: note };
          return new Promise((resolve, reject) => {
            const onListening = (url: string) => {
              note(`Listening on ${url}, for ${count(how.concurrency, "run")} at once.`);
              resolve();
            };
            serveAll(callers, { host, port, token, signal, onListening }).catch(reject);
          });
        });
      }),
    );
}
