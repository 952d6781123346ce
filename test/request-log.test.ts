import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { open } from './support/logging-gateway.ts';

const NEW_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('the log of requests', () => {
  it('has a line for each request that a client sent before the client reset the connection', async () => {
    await using gateway = await open();
    const { port, hostname } = new URL(gateway.url);
    const client = connect(Number(port), hostname);
    const body = JSON.stringify({ query: '{ gpuAvailability { totalCount } }' });
    const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    await once(client, 'connect');
    client.write(`${head}\r\n\r\n${body}`.repeat(4), () => client.resetAndDestroy());
    await expect.poll(gateway.ended).toHaveLength(4);
  });

  it('has the path of a request for an absolute URL, without the password in the URL', async () => {
    await using gateway = await open();
    const { port, hostname } = new URL(gateway.url);
    const client = connect(Number(port), hostname);
    await once(client, 'connect');
    client.end(
      'GET http://me:hidden@gateway/no/path?secret=hidden HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n',
    );
    await expect.poll(gateway.ended).toMatchObject([{ path: '/no/path' }]);
    expect(JSON.stringify(gateway.lines)).not.toContain('hidden');
    client.destroy();
  });

  it('has a line for each request, without its headers and query string', async () => {
    await using gateway = await open();
    const response = await gateway.post('{ upstream { source } }');
    await expect.poll(gateway.ended).toHaveLength(1);
    const requestId = response.headers.get('x-request-id');
    expect(requestId).toMatch(NEW_ID);
    expect(gateway.ended()).toMatchObject([
      {
        level: 30,
        requestId,
        method: 'POST',
        path: '/graphql',
        status: 200,
        complete: true,
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(gateway.lines)).not.toContain('hidden');
  });

  it('names HEAD as the method of a HEAD request, which is answered without a body', async () => {
    await using gateway = await open();
    const response = await fetch(`${gateway.url}/graphql?query={upstream{source}}`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '43', '']);
    await expect.poll(gateway.ended).toMatchObject([{ method: 'HEAD', status: 200 }]);
  });

  it('uses the request id that a client sends if the id is short and has only harmless characters', async () => {
    await using gateway = await open();
    const response = await gateway.post('{ upstream { source } }', { 'x-request-id': 'trace-1.a:b_2' });
    expect(response.headers.get('x-request-id')).toBe('trace-1.a:b_2');
    await expect.poll(gateway.ended).toMatchObject([{ requestId: 'trace-1.a:b_2' }]);
  });

  it('has a different id for each request that is sent without an id', async () => {
    await using gateway = await open('debug');
    for (let count = 0; count < 600; count += 1) await fetch(`${gateway.url}/health`);
    await expect.poll(gateway.ended).toHaveLength(600);
    expect(new Set(gateway.ended().map(({ requestId }) => requestId)).size).toBe(600);
  });

  it.each(['"quoted"', 'with blanks', 'x'.repeat(101), 'ÿ', '{}', ''])(
    'replaces the unsuitable request id %j',
    async (id) => {
      await using gateway = await open();
      const response = await gateway.post('{ upstream { source } }', { 'x-request-id': id });
      expect(response.headers.get('x-request-id')).toMatch(NEW_ID);
    },
  );

  it.each(['/"quoted"', String.raw`/back\slash\"`, '/","level":60,"x":"', "/'{}"])(
    'contains the path %j exactly as the client sent it',
    async (path) => {
      await using gateway = await open();
      const { port, hostname } = new URL(gateway.url);
      const client = connect(Number(port), hostname);
      await once(client, 'connect');
      client.end(`GET ${path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n`);
      await expect.poll(gateway.ended).toMatchObject([{ level: 30, method: 'GET', path, status: 404 }]);
      client.destroy();
    },
  );

  it('has lines with the same fields, in the same order, as the lines that the library pino writes', async () => {
    await using gateway = await open();
    gateway.log.info({ own: true }, 'by pino');
    await gateway.post('{ upstream { source } }');
    await expect.poll(gateway.ended).toHaveLength(1);
    const told = ['requestId', 'client', 'method', 'path', 'status', 'complete', 'durationMs'];
    const byPino = gateway.lines.find(({ msg }) => msg === 'by pino') ?? {};
    expect(Object.keys(gateway.ended()[0] ?? {})).toEqual(
      Object.keys(byPino).flatMap((name) => (name === 'own' ? told : [name])),
    );
  });

  it('contains requests to /health, /ready and /metrics only at the level debug', async () => {
    for (const [level, count] of [
      ['info', 0],
      ['debug', 3],
    ] as const) {
      await using gateway = await open(level);
      for (const path of ['/health', '/ready', '/metrics']) await (await fetch(`${gateway.url}${path}`)).text();
      await gateway.post('{ upstream { source } }');
      await expect.poll(gateway.ended).toHaveLength(count + 1);
    }
  });

  it('has a line, but no warning, for a request whose client disconnected', async () => {
    await using gateway = await open();
    const leaving = new AbortController();
    const left = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
      body: new ReadableStream({ pull: () => leaving.abort() }),
      duplex: 'half',
      signal: leaving.signal,
    } as RequestInit);
    await expect(left).rejects.toThrow();
    await fetch(`${gateway.url}/graphql?query={__typename}`);
    await expect.poll(gateway.ended).not.toEqual([]);
    expect(gateway.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

describe('a fault of the gateway', () => {
  it('is hidden from the client, and logged once with the id of the request', async () => {
    const brokenClock = () => {
      throw new TypeError('the clock is broken');
    };
    await using gateway = await open('info', brokenClock);
    const response = await gateway.post('{ gpuTypes { id } }', { 'x-request-id': 'mine' });
    expect(await response.json()).toMatchObject({
      data: { gpuTypes: null },
      errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const faults = gateway.lines.filter(({ level }) => Number(level) >= 40);
    expect(faults).toMatchObject([
      { level: 50, requestId: 'mine', err: { type: 'TypeError', message: 'the clock is broken' } },
    ]);
  });

  it('is also hidden and logged once if it occurs in a subscription', async () => {
    const brokenClock = () => {
      throw new TypeError('the clock is broken');
    };
    await using gateway = await open('info', brokenClock);
    const query = 'subscription { gpuAvailabilityChanged { id } }';
    const response = await gateway.post(query, { 'x-request-id': 'mine', accept: 'text/event-stream' });
    expect(await response.text()).toContain('"code":"INTERNAL_SERVER_ERROR"');
    const faults = gateway.lines.filter(({ level }) => Number(level) >= 40);
    expect(faults).toMatchObject([{ requestId: 'mine', err: { message: 'the clock is broken' } }]);
  });

  it('is logged once, however many fields fail because of it', async () => {
    const brokenClock = () => {
      throw new TypeError('the clock is broken');
    };
    await using gateway = await open('info', brokenClock);
    const response = await gateway.post('{ a: gpuTypes { id } b: gpuTypes { id } c: gpuType(id: "x") { id } }');
    expect(await response.json()).toMatchObject({ data: { a: null, b: null, c: null } });
    expect(gateway.lines.filter(({ level }) => Number(level) >= 40)).toHaveLength(1);
  });
});
