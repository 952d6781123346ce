import { describe, expect, it } from 'vitest';
import { type Attributes, type SpanOptions, type Tracer, UNTRACED } from '../src/observability/tracing/tracer.ts';
import type { FetchInit } from '../src/upstream/request/http.ts';
import { traceFetch } from '../src/upstream/request/traced-fetch.ts';

const INIT: FetchInit = {
  method: 'POST',
  headers: { authorization: 'Bearer key' },
  body: '{}',
  signal: new AbortController().signal,
};

/** Sends a traced request to `url`. Returns what was sent, the response, and the spans with all their attributes. */
async function send(url: string, { status = 200, traceparent }: { status?: number; traceparent?: string } = {}) {
  const spans: { readonly name: string; readonly kind: SpanOptions['kind']; attributes: Attributes }[] = [];
  const sent: { readonly url: string; readonly init: FetchInit; readonly inSpan: boolean }[] = [];
  let inSpan = false;
  const tracer: Tracer = {
    ...UNTRACED,
    async span(name, { kind, attributes = {} }, work) {
      spans.push({ name, kind, attributes });
      inSpan = true;
      return work().finally(() => {
        inSpan = false;
      });
    },
    note(added) {
      for (const span of spans) span.attributes = { ...span.attributes, ...added };
    },
    traceparent: () => (inSpan ? traceparent : undefined),
  };
  const answer = { status, headers: new Headers(), text: async () => 'body', discard: async () => {} };
  const fetch = traceFetch(async (target, init) => {
    sent.push({ url: target, init, inSpan });
    return answer;
  }, tracer);
  const response = await fetch(url, INIT);
  return { sent, spans, isUnchanged: response === answer };
}

describe('the span of a request to RunPod', () => {
  it('has the method as its name, surrounds the request, and belongs to a client', async () => {
    const { sent, spans } = await send('https://api.runpod.io/graphql');
    expect(spans).toMatchObject([
      {
        name: 'POST',
        kind: 'client',
        attributes: { 'http.request.method': 'POST', 'server.address': 'api.runpod.io' },
      },
    ]);
    expect(sent).toMatchObject([{ inSpan: true }]);
  });

  it('names the URL without its query and its credentials, which may be secrets', async () => {
    const { sent, spans } = await send('https://me:hidden@api.runpod.io/v1/gpus?api_key=hidden');
    expect(spans[0]?.attributes['url.full']).toBe('https://api.runpod.io/v1/gpus');
    expect(JSON.stringify(spans)).not.toContain('hidden');
    expect(sent[0]?.url).toBe('https://me:hidden@api.runpod.io/v1/gpus?api_key=hidden');
  });

  it.each([
    ['https://api.runpod.io/', 443],
    ['http://api.runpod.io/', 80],
    ['https://api.runpod.io:8443/', 8443],
    ['http://127.0.0.1:3000/', 3000],
  ])('names the port of %s', async (url, port) => {
    expect((await send(url)).spans[0]?.attributes['server.port']).toBe(port);
  });

  it.each([
    [200, undefined],
    [302, undefined],
    [399, undefined],
    [400, '400'],
    [503, '503'],
  ])('reports the status %i, and fails from 400 on', async (status, failure) => {
    const { spans, isUnchanged } = await send('https://api.runpod.io/', { status });
    expect(spans[0]?.attributes).toMatchObject({ 'http.response.status_code': status });
    expect([spans[0]?.attributes['error.type'], isUnchanged]).toEqual([failure, true]);
  });
});

describe('a traced request to RunPod', () => {
  it('carries the trace context of its span beside everything else that it carries', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { sent } = await send('https://api.runpod.io/', { traceparent });
    expect(sent[0]?.init).toEqual({ ...INIT, headers: { authorization: 'Bearer key', traceparent } });
  });

  it('carries no trace context if nothing is traced', async () => {
    const { sent } = await send('https://api.runpod.io/');
    expect(Object.keys(sent[0]?.init.headers ?? {})).toEqual(['authorization']);
  });
});
