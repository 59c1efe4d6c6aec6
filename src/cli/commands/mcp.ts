import { Command } from "@commander-js/extra-typings";

import { MissionError } from "../../errors.ts";
import type { Act } from "../command.ts";
import { keepOutput } from "../print.ts";

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
        const token = port === undefined ? "" : requireToken(tokenEnv);
        const { serveOnStreams, serveOverHttp } = await import("../../callers/serve-mcp.ts");
        const { sha256 } = await import("../../app/system.ts");
        return context.withControl(async (control) => {
          const stop = new AbortController();
          for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
          const world = {
            control,
            command: context.screen.command,
            hash: sha256,
            onTrouble: context.note,
          };
          const { signal } = stop;
          if (port === undefined) await serveOnStreams(world, { signal, write: keepOutput() });
          else {
            const onListening = (url: string) => context.note(`Listening on ${url}`);
            await serveOverHttp(world, { host, port, token, signal, onListening });
          }
          return 0;
        });
      }),
    );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new MissionError("USAGE", `--http takes a port from 0 to 65535, not "${text}".`);
}

/** @throws MissionError `USAGE` */
function requireToken(name: string | undefined): string {
  if (name === undefined) {
    throw new MissionError("USAGE", "--http needs --token-env NAME: who calls has to be known.");
  }
  const token = process.env[name] ?? "";
  if (token.length >= SHORTEST_TOKEN) return token;
  throw new MissionError(
    "USAGE",
    `The environment has no ${name} of at least ${SHORTEST_TOKEN} characters.`,
  );
}

const SHORTEST_TOKEN = 16;
