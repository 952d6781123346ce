import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { type CollectedSpan, startCollector } from '../support/collector.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { tracesOf } from '../support/secret-traces.ts';
import { killAll, start } from '../support/start.ts';
import { TRANSPORTS } from '../support/subscribers.ts';

const KEY = 'rpa_TOPSECRET+key/0123456789==';
const CLIENT_KEY = 'client-TOPSECRET-0123456789';
/** Texts that no span may contain: keys, and texts that clients send in documents, query strings and headers. */
const SECRETS = ['TOPSECRET', 'client-TOP', 'hidden123', 'totalCount', 'nameOfMine'];

const MATRIX =
  'query nameOfMine($type: String, $gpuCount: Int) { gpuAvailability(gpuType: $type, gpuCount: $gpuCount) { totalCount } }';

/** Sends a query with a new trace id, so that its spans can be found. */
async function ask(url: string, type: string | null, gpuCount: number) {
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

/** Starts a gateway that sends one request to RunPod at a time and exports its spans after a short delay. */
async function startTraced(env: Record<string, string> = {}) {
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

/**
 * Returns the name of a span and the names of its ancestors in `spans`, from the inside to the outside. The last element is the id of the
 * parent of the outermost ancestor.
 */
function wayUp(span: CollectedSpan, spans: readonly CollectedSpan[]): readonly string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(parent === undefined ? [span.parentSpanId] : wayUp(parent, spans))];
}

/** Returns the spans of the attempts to send a request to RunPod. */
const attemptsAmong = (spans: readonly CollectedSpan[]) =>
  spans.filter(({ attributes }) => 'gateway.upstream.outcome' in attributes);

/** Returns the spans of the HTTP requests to RunPod. */
const requestsAmong = (spans: readonly CollectedSpan[]) => spans.filter(({ kind }) => kind === 'client');

describe('a traced gateway', () => {
  let traced: Awaited<ReturnType<typeof startTraced>>;

  beforeAll(async () => {
    traced = await startTraced();
  });
  afterAll(async () => {
    killAll();
    await traced[Symbol.asyncDispose]();
  });

  it("connects every attempt with the client's span, and sends the traceparent of the attempt to RunPod", async () => {
    const { url, runPod, spansOf } = traced;
    let failed = false;
    runPod.fail(({ operationName, variables }) => {
      if (operationName !== 'LowestPrices' || variables?.['gpuCount'] !== 2 || failed) return undefined;
      failed = true;
      return answerWith(503, '');
    });
    const { traceId, spanId, answer } = await ask(url, 'RTX 4090', 2);
    runPod.fail();
    expect(answer).toMatchObject({ data: {} });
    const spans = await spansOf(traceId);
    const attempts = attemptsAmong(spans);
    const way = [
      'LowestPrices',
      'ask LowestPrices',
      'cache observation',
      'load observations',
      'availability',
      'query',
      'POST /graphql',
    ];
    expect(attempts.map((attempt) => wayUp(attempt, spans))).toEqual([
      [...way, spanId],
      [...way, spanId],
    ]);
    const source = { 'gateway.upstream.source': 'RUNPOD_GRAPHQL', 'gateway.upstream.operation': 'LowestPrices' };
    expect(attempts).toMatchObject([
      { failed: true, attributes: { ...source, 'gateway.upstream.outcome': 'UNREACHABLE' } },
      { failed: false, attributes: { ...source, 'gateway.upstream.outcome': 'COMPLETE' } },
    ]);
    const requests = requestsAmong(spans);
    expect(requests.map((request) => wayUp(request, spans))).toEqual([
      ['POST', ...way, spanId],
      ['POST', ...way, spanId],
    ]);
    const { hostname, port, origin, pathname } = new URL(runPod.url);
    const request = {
      'http.request.method': 'POST',
      'server.address': hostname,
      'server.port': Number(port),
      'url.full': `${origin}${pathname}`,
    };
    expect(requests).toMatchObject([
      { failed: true, attributes: { ...request, 'http.response.status_code': 503, 'error.type': '503' } },
      { failed: false, attributes: { ...request, 'http.response.status_code': 200 } },
    ]);
    const told = runPod.seen.map(({ headers }) => headers['traceparent']);
    expect(told.filter((header) => header?.includes(traceId))).toEqual(
      requests.map((sent) => `00-${traceId}-${sent.spanId}-01`),
    );
    expect(runPod.seen.filter(({ headers }) => 'tracestate' in headers || 'baggage' in headers)).toEqual([]);
    expect(spans.find(({ kind }) => kind === 'server')?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'url.scheme': 'http',
      'url.path': '/graphql',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(url).port),
      'network.protocol.version': '1.1',
      'http.response.status_code': 200,
    });
  });

  it('reports cache hits and no attempts for a query that the cache answers', async () => {
    const { url, spansOf } = traced;
    await ask(url, 'RTX 3090', 2);
    const spans = await spansOf((await ask(url, 'RTX 3090', 2)).traceId);
    expect(attemptsAmong(spans)).toEqual([]);
    expect(spans.find(({ name }) => name === 'query')?.attributes).toMatchObject({ 'gateway.cache.fresh': 3 });
  });

  it('assigns each attempt to the client that caused it if several clients send queries at the same time', async () => {
    const { url, spansOf, runPod } = traced;
    const types = ['RTX A4000', 'RTX A5000', 'L40S'];
    const before = runPod.seen.length;
    const asked = await Promise.all(types.map((type) => ask(url, type, 2)));
    const subjects = await Promise.all(
      asked.map(async ({ traceId }) => {
        const spans = await spansOf(traceId);
        expect(attemptsAmong(spans).map((attempt) => wayUp(attempt, spans).at(-2))).toContain('POST /graphql');
        return attemptsAmong(spans).map(({ attributes }) => attributes['gateway.upstream.subject']);
      }),
    );
    types.forEach((type, index) => {
      expect(subjects[index]).toEqual([expect.stringContaining(type)]);
    });
    for (const { headers, ...seen } of runPod.seen.slice(before)) {
      const index = asked.findIndex(({ traceId }) => headers['traceparent']?.includes(traceId));
      if (index >= 0) expect(JSON.stringify(seen)).toContain(types[index]);
    }
  });

  it('assigns a shared request to the client that started it', async () => {
    const { url, spansOf } = traced;
    const asked = await Promise.all([ask(url, 'H100 PCIe', 2), ask(url, 'H100 PCIe', 2)]);
    const spans = await Promise.all(asked.map(({ traceId }) => spansOf(traceId)));
    expect(spans.map((ofOne) => attemptsAmong(ofOne).length)).toEqual(expect.arrayContaining([0, 1]));
  });

  it('traces a refresh in the background separately, with a link to the query that caused it', async () => {
    const { url, collector, spansOf } = traced;
    const ids = new Set<string>();
    const renewal = () => collector.spans.find(({ links }) => links.some((link) => ids.has(link.traceId)));
    const askAgain = async () => {
      ids.add((await ask(url, 'RTX 4090', 2)).traceId);
      return renewal();
    };
    await expect.poll(askAgain, { interval: 100 }).toMatchObject({ parentSpanId: '' });
    const { traceId = '', links = [] } = renewal() ?? {};
    expect(ids.has(traceId)).toBe(false);
    const spans = await spansOf(links[0]?.traceId ?? '');
    expect(spans.find(({ spanId }) => spanId === links[0]?.spanId)).toBeDefined();
    expect(attemptsAmong(spans)).toEqual([]);
  });

  it.each(TRANSPORTS)('ends the spans of a subscription over %s', async (how, subscribe) => {
    const { url, collector } = traced;
    const known = new Set(collector.spans);
    const added = () => collector.spans.filter((span) => !known.has(span));
    const begun = () => added().find(({ name }) => name === 'subscription');
    const { leave } = subscribe(url, {}, { authorization: `Bearer ${CLIENT_KEY}` });
    await expect.poll(begun).toBeDefined();
    expect(begun()?.parentSpanId === '').toBe(how === 'a WebSocket');
    leave();
    const outermost = () => added().find(({ spanId, kind }) => spanId === begun()?.parentSpanId && kind === 'server');
    if (how !== 'a WebSocket') await expect.poll(outermost).toMatchObject({ failed: false });
  });

  it('exports no secret and no text that clients sent', async () => {
    const { url, collector, spansOf } = traced;
    const traceId = randomBytes(16).toString('hex');
    const headers = { traceparent: `00-${traceId}-${'1'.repeat(16)}-01` };
    const path = `/${'far-'.repeat(46)}${encodeURIComponent(CLIENT_KEY)}${'x'.repeat(1000)}`;
    await fetch(new URL(path, url), { headers });
    const [span] = await spansOf(traceId);
    expect(span?.attributes['http.response.status_code']).toBe(404);
    expect(String(span?.attributes['url.path']).length).toBe(200);
    expect(tracesOf(SECRETS, collector.bodies.join('\n'))).toEqual([]);
  });

  it('names the span of a request after its method and its route, and after the method alone if there is no route', async () => {
    const { url, spansOf } = traced;
    const named = async (method: string, path: string) => {
      const traceId = randomBytes(16).toString('hex');
      const headers = { traceparent: `00-${traceId}-${'1'.repeat(16)}-01` };
      await fetch(new URL(path, url), { method, headers });
      const [span] = await spansOf(traceId);
      const {
        'http.route': route,
        'http.request.method': name,
        'http.request.method_original': original,
      } = span?.attributes ?? {};
      return [span?.name, name, original, route];
    };
    expect(await named('GET', '/')).toEqual(['GET /', 'GET', undefined, '/']);
    expect(await named('GET', '/schema.graphql?a')).toEqual([
      'GET /schema.graphql',
      'GET',
      undefined,
      '/schema.graphql',
    ]);
    expect(await named('DELETE', '/graphql')).toEqual(['DELETE /graphql', 'DELETE', undefined, '/graphql']);
    expect(await named('GET', '/elsewhere')).toEqual(['GET', 'GET', undefined, undefined]);
    expect(await named('PROPFIND', '/graphql')).toEqual(['HTTP /graphql', '_OTHER', 'PROPFIND', '/graphql']);
  });

  it('names itself with its version and an id of its own in every export', async () => {
    const { collector, url, spansOf } = traced;
    await spansOf((await ask(url, 'RTX 4090', 1)).traceId);
    const resources = collector.bodies.flatMap((body) =>
      (JSON.parse(body) as { resourceSpans: { resource: { attributes: object[] } }[] }).resourceSpans.map(
        ({ resource }) => JSON.stringify(resource.attributes),
      ),
    );
    expect(new Set(resources).size).toBe(1);
    expect(resources[0]).toContain('{"key":"service.name","value":{"stringValue":"gpu-availability-gateway"}}');
    expect(resources[0]).toContain(`{"key":"service.version","value":{"stringValue":"${VERSION}"}}`);
    expect(resources[0]).toMatch(/\{"key":"service.instance.id","value":\{"stringValue":"[\da-f-]{36}"\}\}/);
  });

  it('does not trace requests for health and metrics, and ignores an invalid traceparent', async () => {
    const { url, collector } = traced;
    for (const path of ['/health', '/ready', '/metrics']) await fetch(new URL(path, url));
    await fetch(new URL('/nowhere', url), { headers: { traceparent: '00-nonsense-01' } });
    const paths = () => collector.spans.map(({ attributes }) => attributes['url.path']);
    await expect.poll(paths).toContain('/nowhere');
    expect(paths().filter((path) => String(path).startsWith('/health'))).toEqual([]);
    expect(collector.spans.find(({ attributes }) => attributes['url.path'] === '/nowhere')?.parentSpanId).toBe('');
  });
  it('ends every span that has children', async () => {
    const { collector, url, spansOf } = traced;
    const { traceId } = await ask(url, null, 1);
    const spans = await spansOf(traceId);
    expect(spans.length).toBeGreaterThan(5);
    const known = new Set(collector.spans.map(({ spanId }) => spanId));
    const orphans = collector.spans.filter(
      ({ kind, parentSpanId }) => kind !== 'server' && parentSpanId !== '' && !known.has(parentSpanId),
    );
    expect(orphans).toEqual([]);
  });
});

const toModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

/**
 * A module that prints the URL of each file that Node loads. The OpenTelemetry SDK is bundled into opentelemetry.js, so the output shows
 * whether the SDK is loaded. prom-client always loads the API of OpenTelemetry, but not the SDK.
 */
const LOAD_HOOK = toModule(`import { writeSync } from 'node:fs';
export function load(url, context, next) {
  writeSync(1, 'loading ' + url + '\\n');
  return next(url, context);
}`);
const TELLING = {
  NODE_OPTIONS: `--import="${toModule(`import { register } from 'node:module'; register(${JSON.stringify(LOAD_HOOK)})`)}"`,
};
const isLoaded = (lines: readonly string[], program: string) =>
  lines.some((line) => line.startsWith('loading file:') && line.endsWith(`/${program}.js`));

describe.concurrent('OpenTelemetry', () => {
  afterAll(killAll);

  it('is not loaded without an endpoint', async ({ expect: expects }) => {
    const { ready, lines } = start({ UPSTREAM: 'recorded', ...TELLING });
    await ask(await ready, 'RTX 4090', 1);
    expects(['main', 'opentelemetry'].map((program) => isLoaded(lines, program))).toEqual([true, false]);
  });

  it('exports the ended spans when the gateway stops', async ({ expect: expects }) => {
    await using traced = await startTraced({ OTEL_BSP_SCHEDULE_DELAY: '60000', OTEL_SERVICE_NAME: 'mine' });
    const { traceId } = await ask(traced.url, 'RTX 4090', 2);
    expects(traced.collector.spans).toEqual([]);
    traced.gateway.kill('SIGTERM');
    expects(await traced.exit).toBe(0);
    const spans = traced.collector.spans.filter((span) => span.traceId === traceId);
    expects(spans.map(({ kind }) => kind)).toEqual(expects.arrayContaining(['client', 'server']));
    expects(traced.collector.bodies[0]).toContain('{"key":"service.name","value":{"stringValue":"mine"}}');
  });

  it('does no harm if there is no collector, and logs that only once', async ({ expect: expects }) => {
    const { gateway, ready, exit, lines, stderr } = start({
      UPSTREAM: 'recorded',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_TRACES_SAMPLER: 'wrong',
      ...TELLING,
    });
    const url = await ready;
    const told = (message: string) => lines.filter((line) => line.includes(message)).length;
    for (let batch = 0; batch < 3; batch += 1) {
      const { answer } = await ask(url, 'RTX 4090', 1);
      expects(answer).toEqual({ data: { gpuAvailability: { totalCount: 8 } } });
      await expects.poll(() => told('spans cannot be sent')).toBe(1);
    }
    expects(isLoaded(lines, 'opentelemetry')).toBe(true);
    gateway.kill('SIGTERM');
    expects(await exit).toBe(0);
    expects([told('spans cannot be sent'), told('rejects a setting'), stderr.join('')]).toEqual([1, 1, '']);
  });

  it('does not delay the stop of a gateway whose collector is silent', async ({ expect: expects }) => {
    await using silent = await listenInSilence();
    const { gateway, ready, exit } = start({ UPSTREAM: 'recorded', OTEL_EXPORTER_OTLP_ENDPOINT: silent.url });
    await ask(await ready, 'RTX 4090', 1);
    gateway.kill('SIGTERM');
    const stoppedAt = performance.now();
    expects(await exit).toBe(0);
    expects(performance.now() - stoppedAt).toBeLessThan(5000);
  });
});

/** Starts a server that accepts requests but never answers them. */
async function listenInSilence() {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
