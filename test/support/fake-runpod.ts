import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { YogaServerInstance } from 'graphql-yoga';
import { createRecordedServer } from '../../src/upstream/recorded/server.ts';
import { readRecording20251114 } from './recording-2025-11-14.ts';
import { startStandIn } from './stand-in.ts';
import { createStockTable } from './stock.ts';

/** The delay of each answer, in milliseconds. Because of the delay, concurrent requests overlap. */
const LATENCY_MS = 5;

/** One request that the stand-in received. */
export interface SeenRequest {
  readonly operationName: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A function that sends a response in place of the correct answer, whose body is `good`. */
export type Fault = (response: ServerResponse, good: string) => void;

/** Returns the fault with which a request fails, or `undefined` if the request gets the correct answer. */
export type Faults = (request: SeenRequest) => Fault | undefined;

/** Creates a fault that sends the given response. */
export function answerWith(status: number, body: string, headers: Record<string, string> = {}): Fault {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/**
 * Starts a stand-in for RunPod's GraphQL API on a free port. The stand-in records its requests, and fails when a test tells it to. Its
 * answers come from the recording, or from another server that has the SDL of RunPod's API.
 */
export async function startFakeRunPod(
  initialFaults: Faults = () => undefined,
  initiallyServed: YogaServerInstance<object, object> = createRecordedServer(readRecording20251114()),
) {
  const answers = new Map<string, Promise<string>>();
  const seen: SeenRequest[] = [];
  const stock = createStockTable();
  let faults = initialFaults;
  let served = initiallyServed;

  async function answer(body: string): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    return (await served.fetch('http://fake.invalid/graphql', { method: 'POST', headers, body })).text();
  }

  const standIn = await startStandIn(async (request, response) => {
    const body = await text(request);
    const entry: SeenRequest = { ...JSON.parse(body), headers: request.headers };
    seen.push(entry);
    const fault = faults(entry);
    if (!answers.has(body)) answers.set(body, answer(body));
    const good = stock.amend(entry, (await answers.get(body)) ?? '');
    await setTimeout(LATENCY_MS);
    if (fault === undefined) answerWith(200, good)(response, good);
    else fault(response, good);
  });
  return {
    ...standIn,
    url: `${standIn.origin}/graphql`,
    seen,
    /** The cells (a GPU type in a data center) for which the stand-in does not report the recorded stock, but other stock. */
    stock,
    count: (operationName: string) => seen.filter((request) => request.operationName === operationName).length,
    /** From now on, each request fails with the fault that `next` returns for it, if any. Without an argument, no request fails. */
    fail(next: Faults = () => undefined) {
      faults = next;
    },
    /** Makes the server `next` answer all requests that arrive from now on. */
    serve(next: YogaServerInstance<object, object>) {
      served = next;
      answers.clear();
    },
  };
}
