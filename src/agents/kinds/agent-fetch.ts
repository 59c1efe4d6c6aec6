/** The one way to agents over HTTP: no redirects, no endless answers, no words of others in our errors. */

/** The longest answer that is read. */
const MOST_MB = 8;
const MOST_BYTES = MOST_MB * 2 ** 20;

/** What no protocol has a use for. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 408, 413, 429]);

/** Why a call came to nothing, in words of ours: what a server says may hold anything. */
export class AgentCallError extends Error {}

export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * @param options.headers sent with every call.
 * @param options.carry what is sent beside them, as it is at the call.
 * @throws AgentCallError for a redirect, a refusal, an answer that is too long, and a server that cannot be reached.
 */
export function createAgentFetch(options: {
  readonly headers: Readonly<Record<string, string>>;
  readonly carry?: () => Promise<Readonly<Record<string, string>>>;
}): Fetch {
  return async (url, init = {}) => {
    const headers = new Headers(init.headers);
    const carried = (await options.carry?.()) ?? {};
    for (const [name, value] of Object.entries({ ...carried, ...options.headers })) {
      headers.set(name, value);
    }
    const response = await reach(url, { ...init, headers, redirect: "manual" });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new AgentCallError(`it redirects (status ${response.status}), which is not followed`);
    }
    if (REFUSALS.has(response.status) || response.status >= 500) {
      await response.body?.cancel();
      throw new AgentCallError(`it refuses with status ${response.status}`);
    }
    return withLimit(response);
  };
}

async function reach(url: string | URL | Request, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    // The cause may name an address that a resolver made up, but no header and no body.
    const code = error instanceof Error ? codeOf(error.cause) : undefined;
    // oxlint-disable-next-line eslint/preserve-caught-error -- it may hold what was sent
    throw new AgentCallError(`it cannot be reached${code === undefined ? "" : ` (${code})`}`);
  }
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return undefined;
  return typeof cause.code === "string" ? cause.code : undefined;
}

/** The same answer, broken off where it becomes too long. */
function withLimit({ body, status, statusText, headers }: Response): Response {
  let bytes = 0;
  const limited = body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes <= MOST_BYTES) controller.enqueue(chunk);
        else controller.error(new AgentCallError(`its answer has more than ${MOST_MB} MB`));
      },
    }),
  );
  return new Response(limited ?? null, { status, statusText, headers });
}
