import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { parsePort, requireToken, serveCallers } from "../serve-callers.ts";

export function a2aCommand(act: Act) {
  return new Command("a2a")
    .description(
      "missions for other agents, as an A2A agent over HTTP: they may start, ask and wait, never decide",
    )
    .option("--port <port>", "where to listen", "8766")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .requiredOption(
      "--token-env <name>",
      "the environment variable with the token that every request must bear",
    )
    .action(({ port: given, host, tokenEnv }) =>
      act(async (context) => {
        const port = parsePort(given);
        const token = requireToken(context, tokenEnv);
        const { serveA2a } = await import("../../callers/serve-a2a.ts");
        const onListening = (url: string) => context.note(`Listening on ${url}`);
        return serveCallers(context, (world, signal) => {
          return serveA2a(world, { host, port, token, signal, onListening });
        });
      }),
    );
}
