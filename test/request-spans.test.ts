import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { type Attributes, type Tracer, UNTRACED } from '../src/observability/tracing/tracer.ts';

/** The spans of the requests to `server`: their names and attributes. */
const spans: [name: string, attributes: Attributes][] = [];
let server: RunningServer;

beforeAll(async () => {
  const tracer: Tracer = {
    ...UNTRACED,
    span(name, { attributes = {} }, work) {
      spans.push([name, attributes]);
      return work();
    },
  };
  server = await startServer((request, response) => void response.end(request.url), {
    host: '127.0.0.1',
    port: 0,
    log: pino({ enabled: false }),
    tracer,
    routes: ['/graphql'],
  });
});
afterAll(() => server.close(0));

/** Sends a request with this target, and returns the response and the spans of the request. */
async function send(target: string) {
  spans.length = 0;
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(`POST ${target} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  return { response: await text(socket), spans: [...spans] };
}

it.each(['/graphql', '/./graphql', '/%2e/graphql?a=b', '/graphql#a', 'http://me:hidden@a/graphql'])(
  'names the span of a request to %s after the route that answers it',
  async (target) => {
    const { response, spans: found } = await send(target);
    expect(response).toContain('\r\n/graphql');
    const attributes = expect.objectContaining({ 'http.route': '/graphql', 'url.path': '/graphql' });
    expect(found).toEqual([['POST /graphql', attributes]]);
  },
);

it.each(['/metrics', '/./metrics', 'http://a/metrics'])('records no span for a request to %s', async (target) => {
  const { response, spans: found } = await send(target);
  expect(response).toContain('\r\n/metrics');
  expect(found).toEqual([]);
});

it('records no path of a target that is not valid', async () => {
  const { response, spans: found } = await send('ftp://me:hidden@a/graphql');
  expect(response).toContain('HTTP/1.1 400');
  expect(found).toEqual([['POST', expect.objectContaining({ 'url.path': undefined, 'http.route': undefined })]]);
});
