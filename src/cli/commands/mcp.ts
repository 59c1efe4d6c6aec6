import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { parsePort, requireToken, serveCallers } from "../serve-callers.ts";

export function mcpCommand(act: Act) {
  return new Command("mcp")
    .description(
      "missions for assistants, as an MCP server on the standard streams: they may start, ask and wait, never decide",
    )
    .option("--http <port>", "serve over HTTP instead, on this port")
    .option("--host <address>", "with --http: where to listen", "127.0.0.1")
    .option(
      "--token-env <name>",
      "with --http: the environment variable with the token that every request must bear",
    )
    .action(({ http, host, tokenEnv }) =>
      act(async (context) => {
        const port = http === undefined ? undefined : parsePort(http);
        const token = port === undefined ? "" : requireToken(context, tokenEnv);
        const { serveOnStreams, serveMcp } = await import("../../callers/serve-mcp.ts");
        const onListening = (url: string) => context.note(`Listening on ${url}`);
        return serveCallers(context, (world, signal) => {
          if (port === undefined) {
            context.keepOutput();
            return serveOnStreams(world, { signal, write: context.output.write });
          }
          return serveMcp(world, { host, port, token, signal, onListening });
        });
      }),
    );
}
