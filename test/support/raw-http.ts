/** HTTP without the care that `fetch` takes of addresses and headers. */

import { type IncomingMessage, request as open } from "node:http";
import { text } from "node:stream/consumers";

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends the path as it is, whatever it is. */
export async function sendRaw(
  url: string,
  { method, path, headers, body }: RawRequest,
): Promise<RawResponse> {
  const { port } = new URL(url);
  const length = { "content-length": String(Buffer.byteLength(body)) };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    open({
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...headers, ...length },
      agent: false,
    })
      .on("response", resolve)
      .on("error", reject)
      .end(body);
  });
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}
