import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import type { CollectedSpan } from '../support/collector.ts';
import { answerWith } from '../support/fake-runpod.ts';
import { tracesOf } from '../support/secret-traces.ts';
import { killAll } from '../support/start.ts';
import { TRANSPORTS } from '../support/subscribers.ts';
import { ask, CLIENT_KEY, startTraced } from '../support/traced-gateway.ts';

/** Texts that no span may contain: keys, and texts that clients send in documents, query strings and headers. */
const SECRETS = ['TOPSECRET', 'client-TOP', 'hidden123', 'totalCount', 'nameOfMine'];

/**
 * Returns the name of a span, then the name of its parent in `spans`, and so on. The last element is the parent id of the outermost span.
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
