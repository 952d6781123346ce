import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { readNewestRecording } from '../../src/upstream/recorded/recording.ts';
import { createRecordedServer } from '../../src/upstream/recorded/server.ts';

/** How long an answer takes, so that requests sent at once overlap. */
const LATENCY_MS = 5;

/** One request that the fake got. */
interface SeenRequest {
  readonly operationName: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Answers instead of the recording; `undefined` lets the recording answer. */
type Fault = (request: SeenRequest) => { readonly status: number; readonly body: string } | undefined;

/** RunPod's GraphQL API on a free port: the recording over RunPod's SDL, with a count of what is asked. */
export async function startFakeRunPod(fault: Fault = () => undefined) {
  const recorded = createRecordedServer(readNewestRecording());
  const seen: SeenRequest[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer(async (request, response) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const entry: SeenRequest = { ...JSON.parse(text), headers: request.headers };
    seen.push(entry);
    const answer = fault(entry);
    const good = await recorded.fetch('http://fake.invalid/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    const body = answer?.body ?? (await good.text());
    await setTimeout(LATENCY_MS);
    inFlight -= 1;
    response.writeHead(answer?.status ?? good.status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    seen,
    mostInFlight: () => mostInFlight,
    count: (operationName: string) => seen.filter((request) => request.operationName === operationName).length,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
