import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span that the collector received over OTLP. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** The id of the parent span, or an empty text if the span has no parent. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
}

interface OtlpSpan extends Omit<CollectedSpan, 'kind' | 'attributes' | 'links' | 'failed'> {
  readonly kind: number;
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[];
  readonly links?: CollectedSpan['links'];
  readonly status: { readonly code: number };
}

const KINDS = ['internal', 'internal', 'server', 'client'] as const;

const toSpan = ({ kind, attributes, parentSpanId, links, status, ...span }: OtlpSpan): CollectedSpan => ({
  ...span,
  parentSpanId: parentSpanId ?? '',
  kind: KINDS[kind] ?? 'internal',
  attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? ''])),
  links: links ?? [],
  failed: status.code === 2,
});

/** Starts a trace collector on a free port. It receives spans over HTTP, in the JSON form of OTLP. */
export async function startCollector() {
  const bodies: string[] = [];
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    bodies.push(body);
    if (request.url === '/v1/traces') {
      const { resourceSpans } = JSON.parse(body) as {
        resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
      };
      const scopes = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
      spans.push(...scopes.flatMap((scope) => scope.spans.map(toSpan)));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The bodies of all requests, in the order of arrival. */
    bodies,
    /** All received spans, in the order in which the gateway sent them. */
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
