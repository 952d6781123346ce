import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { startServer } from '../src/http/server.ts';
import { createLog } from '../src/observability/log.ts';
import type { Recording } from '../src/upstream/recorded/recording.ts';
import { createRecordedServer } from '../src/upstream/recorded/server.ts';

/** A stand-in for RunPod's GraphQL API. */
export interface Upstream {
  /** The settings that make a gateway send its requests to this upstream. */
  readonly settings: Record<string, string>;
  /** Returns the arrival time of the first request since the last call of `forget`, as a value of `performance.now()`. */
  firstAskedAt(): number;
  forget(): void;
  close(): Promise<void>;
}

/**
 * Starts an upstream that answers each request `latencyMs` after its arrival. The upstream stores its answers, so it computes the answer to
 * a repeated request only once.
 */
export async function startUpstream(recording: Recording, latencyMs: number): Promise<Upstream> {
  const recorded = createRecordedServer(recording);
  const answers = new Map<string, string>();
  let askedAt: number | undefined;

  async function answerTo(body: string): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body };
    const answer =
      answers.get(body) ?? (await (await recorded.fetch('http://recording.invalid/graphql', request)).text());
    answers.set(body, answer);
    return answer;
  }

  const server = await startServer(
    async (request, response) => {
      const arrivedAt = performance.now();
      askedAt ??= arrivedAt;
      const answer = await answerTo(await text(request));
      await wait(latencyMs - (performance.now() - arrivedAt));
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    },
    { host: '127.0.0.1', port: 0, log: createLog({ level: 'silent', secrets: [] }) },
  );
  return {
    settings: { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: `${server.url}/graphql` },
    firstAskedAt: () => askedAt ?? Number.NaN,
    forget() {
      askedAt = undefined;
    },
    close: () => server.close(0),
  };
}

/**
 * Returns the shortest possible time for the first answer of a newly started gateway, in milliseconds. The gateway first requests the two
 * lists at the same time, which takes one latency. Then it requests the GPU types, three at a time, so every three GPU types take one more
 * latency.
 */
export function limitOf({ gpuTypes }: Recording, latencyMs: number): number {
  const types = gpuTypes.filter(({ id }) => id !== 'unknown').length;
  return latencyMs * (1 + Math.ceil(types / 3));
}
