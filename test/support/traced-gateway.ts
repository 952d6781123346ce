import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type CollectedSpan, startCollector } from './collector.ts';
import { startFakeRunPod } from './fake-runpod.ts';
import { start } from './start.ts';

const KEY = 'rpa_TOPSECRET+key/0123456789==';

/** The key of the client that sends the queries. */
export const CLIENT_KEY = 'client-TOPSECRET-0123456789';

const MATRIX =
  'query nameOfMine($type: String, $gpuCount: Int) { gpuAvailability(gpuType: $type, gpuCount: $gpuCount) { totalCount } }';

/** Sends a query with a new trace id, so that its spans can be found. */
export async function ask(url: string, type: string | null, gpuCount: number) {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${CLIENT_KEY}`,
    traceparent: `00-${traceId}-${spanId}-01`,
    tracestate: 'vendor=hidden123',
    baggage: 'token=hidden123',
  };
  const body = JSON.stringify({ query: MATRIX, variables: { type, gpuCount } });
  const response = await fetch(`${url}?token=hidden123`, { method: 'POST', headers, body });
  return { traceId, spanId, answer: await response.json() };
}

/**
 * Starts a gateway that sends one request to RunPod at a time and exports its spans after a short delay. Call `killAll` after the test,
 * because disposing the result ends only the collector and the fake RunPod.
 */
export async function startTraced(env: Record<string, string> = {}) {
  const collector = await startCollector();
  const runPod = await startFakeRunPod();
  const started = start({
    UPSTREAM: 'graphql',
    RUNPOD_GRAPHQL_URL: `${runPod.url}?token=hidden123`,
    RUNPOD_API_KEY: KEY,
    CLIENT_API_KEYS: CLIENT_KEY,
    UPSTREAM_CONCURRENCY: '1',
    FRESH_SECONDS: '2',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hidden123',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    ...env,
  });
  const url = await started.ready;
  /** Waits until the request of a trace has ended. Returns all spans of the trace. */
  async function spansOf(traceId: string): Promise<readonly CollectedSpan[]> {
    const find = () => collector.spans.filter((span) => span.traceId === traceId);
    await expect.poll(() => find().some(({ kind }) => kind === 'server'), { interval: 10 }).toBe(true);
    return find();
  }
  return {
    ...started,
    url,
    collector,
    runPod,
    spansOf,
    async [Symbol.asyncDispose]() {
      await collector[Symbol.asyncDispose]();
      await runPod[Symbol.asyncDispose]();
    },
  };
}
