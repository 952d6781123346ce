import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { JSON_TYPE, listen, QUESTION } from './support/finished-responses.ts';
import { connect, createGateway } from './support/gateway.ts';
import { NOTHING } from './support/stock.ts';

/** Returns the headers of a response, except those that differ from response to response. */
const headersOf = ({ headers }: Response) => {
  const { date: _date, 'x-request-id': _id, ...others } = Object.fromEntries(headers);
  return others;
};

describe('a finished response', () => {
  it('is sent again with the same bytes, the same headers and another request id, and is counted and logged', async () => {
    const gateway = createGateway();
    const { ask, ready } = await listen(gateway);
    const [first, second] = [await ask(), await ask(QUESTION, { 'x-request-id': 'mine' })];
    expect(await ready()).toBe(1);
    expect(headersOf(second)).toEqual(headersOf(first));
    expect([first.status, second.status, second.headers.get('x-request-id')]).toEqual([200, 200, 'mine']);
    expect(first.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(await second.text()).toBe(await first.text());
    const { body } = await gateway.get('/metrics');
    expect(body).toMatch(/gpu_gateway_request_duration_seconds_count\{operation_type="query",status_code="200"\} 2/);
    const ended = gateway.logged.filter((line) => line.includes('request ended'));
    expect(ended).toHaveLength(2);
  });

  it('is not sent again for a request with other headers', async () => {
    const gateway = createGateway({ CORS_ORIGINS: 'https://a.example', CLIENT_API_KEYS: 'one,two' });
    const { ask, ready } = await listen(gateway);
    const key = (name: string) => ({ authorization: `Bearer ${name}` });
    expect((await ask('{ gpuAvailability { totalCount } }', key('one'))).status).toBe(200);
    expect((await ask(QUESTION, key('one'))).status).toBe(200);
    expect((await ask(QUESTION, key('two'))).status).toBe(200);
    expect((await ask(QUESTION, key('none'))).status).toBe(401);
    expect((await ask(QUESTION)).status).toBe(401);
    const accept = 'application/graphql-response+json';
    expect((await ask(QUESTION, { ...key('one'), accept })).headers.get('content-type')).toContain(accept);
    const crossed = await ask(QUESTION, { ...key('one'), origin: 'https://a.example' });
    expect(crossed.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect((await ask(QUESTION, { ...key('one'), 'content-type': 'text/plain' })).status).toBe(415);
    expect(await ready()).toBe(0);
    expect((await ask(QUESTION, key('one'))).status).toBe(200);
    expect(await ready()).toBe(1);
  });

  it('is sent again unchanged, whatever characters it contains', async () => {
    await using runPod = await startFakeRunPod(
      () => (response, good) =>
        answerWith(200, good.replace('"displayName":"L4"', '"displayName":"L4 €č"'))(response, good),
    );
    const { ask, ready } = await listen(connect(runPod.url));
    const query = '{ gpuAvailability(gpuType: "NVIDIA L4", first: 1) { nodes { gpuType { displayName } } } }';
    const answers: unknown[] = [];
    for (let times = 0; times < 5; times += 1)
      answers.push((await (await ask(query)).json()).data.gpuAvailability.nodes);
    expect(answers).toEqual(Array.from({ length: 5 }, () => [{ gpuType: { displayName: 'L4 €č' } }]));
    expect(await ready()).toBe(4);
  });

  it('is sent again as long as its observation is the latest one and is fresh', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    const { ask, ready } = await listen(gateway);
    const seen = async () => (await (await ask()).json()).data.gpuAvailability;
    const first = await seen();
    expect(await seen()).toEqual(first);
    expect(await ready()).toBe(1);
    gateway.passSeconds(61);
    // The observation is stale now. The next query gets the stale answer and starts a refresh in the background.
    expect(await seen()).toEqual(first);
    expect(await ready()).toBe(1);
    await expect.poll(async () => (await seen()).nodes[0].observedAt).not.toBe(first.nodes[0].observedAt);
    const again = await ready();
    await seen();
    await seen();
    expect(await ready()).toBeGreaterThan(again);
  });

  it('is kept when another GPU type is observed again', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    const { ask, ready } = await listen(gateway);
    const askOther = async () => {
      const response = await ask('{ gpuAvailability(gpuType: "RTX 4090") { freshness { observedAt stale } } }');
      return (await response.json()).data.gpuAvailability.freshness;
    };
    await askOther();
    gateway.passSeconds(30);
    await ask();
    gateway.passSeconds(31);
    expect(await askOther()).toMatchObject({ stale: true });
    await expect.poll(askOther).toMatchObject({ stale: false });
    const before = await ready();
    await ask();
    expect(await ready()).toBe(before + 1);
  });

  it('is dropped when its own GPU type is observed again, although it would still be fresh', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60', REFRESH: 'background' });
    const { ask, ready } = await listen(gateway);
    const count = async () => (await (await ask()).json()).data.gpuAvailability.totalCount;
    const before = await count();
    expect(await count()).toBe(before);
    expect(await ready()).toBe(1);
    runPod.stock.set('NVIDIA L4', 'EUR-IS-1', NOTHING);
    gateway.passSeconds(50);
    void gateway.keepFresh();
    await expect.poll(count).toBe(before - 1);
    gateway.stop();
  });

  it.each([
    ['a failed cell', QUESTION],
    ['an error', '{ gpuAvailability(gpuType: "no such") { totalCount } }'],
    ['a status that may change at any moment', '{ upstream { source } }'],
    ['the errors of an invalid operation', '{ nothing }'],
  ])('is not stored when it has %s', async (_what, query) => {
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'LowestPrices' ? answerWith(500, '') : undefined,
    );
    const { ask, ready } = await listen(connect(runPod.url, { UPSTREAM_RETRIES: '0' }));
    for (let count = 0; count < 3; count += 1) await ask(query);
    expect(await ready()).toBe(0);
  });

  it('is not stored when it is an event stream', async () => {
    const { ask, ready } = await listen(createGateway());
    for (let count = 0; count < 3; count += 1) {
      const response = await ask(QUESTION, { accept: 'text/event-stream' });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(await response.text()).toContain('event: complete');
    }
    expect(await ready()).toBe(0);
  });

  it('counts towards the rate limit of its client', async () => {
    const gateway = createGateway({ TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '3' });
    const { ask } = await listen(gateway);
    const client = { 'x-forwarded-for': '192.0.2.7' };
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await ask(QUESTION, client)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await ask(QUESTION, { 'x-forwarded-for': '192.0.2.8' })).status).toBe(200);
  });

  it('is no longer used after a minute even if it is still fresh, so that the demand for its data is recorded', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '3600', REFRESH: 'background' });
    const { ask, ready } = await listen(gateway);
    for (let asked = 0; asked < 2; asked += 1) await ask();
    expect(await ready()).toBe(1);
    void gateway.keepFresh();
    for (let minutes = 0; minutes < 20; minutes += 1) {
      gateway.passSeconds(61);
      await ask();
    }
    expect(await ready()).toBe(1);
    const { body } = await gateway.get('/metrics');
    expect(body).toMatch(/^gpu_gateway_refreshed_observations 1$/m);
    gateway.stop();
  });

  it('is not sent again for a request whose body is long, chunked or invalid', async () => {
    const { url, ask, ready } = await listen(createGateway());
    await ask();
    const padded = JSON.stringify({ query: QUESTION.padEnd(20_000) });
    expect((await ask('', {}, { body: padded })).status).toBe(200);
    const chunked = httpRequest(url, { method: 'POST', headers: JSON_TYPE });
    chunked.write('{"query":');
    chunked.end(`${JSON.stringify(QUESTION)}}`);
    const answer = await new Promise<string>((resolve) => {
      chunked.on('response', (response) => resolve(text(response)));
    });
    expect(JSON.parse(answer).data.gpuAvailability.totalCount).toBeGreaterThan(0);
    expect(await ready()).toBe(0);
    expect((await ask('', {}, { body: '' })).status).toBe(400);
    expect((await ask('', {}, { body: '{' })).status).toBe(400);
  });

  it('is not sent for a body that is too long: the status is 413, whether or not the length is announced', async () => {
    const { url, ask } = await listen(createGateway());
    const body = JSON.stringify({ query: QUESTION, variables: { text: 'x'.repeat(1_000_001) } });
    const told = await ask('', {}, { body });
    expect([told.status, (await told.json()).errors[0].extensions.code]).toEqual([413, 'BAD_REQUEST']);
    const chunked = httpRequest(url, { method: 'POST', headers: JSON_TYPE });
    chunked.on('error', () => {});
    const status = new Promise((resolve) => {
      chunked.on('response', (response) => resolve(response.statusCode));
    });
    for (let part = 0; part < 20; part += 1) chunked.write('x'.repeat(65_536));
    expect(await status).toBe(413);
    chunked.destroy();
  });

  it('is not created if the client disconnects before the request body has arrived', async () => {
    const gateway = createGateway();
    const { url } = await listen(gateway);
    const leaving = httpRequest(url, { method: 'POST', headers: { ...JSON_TYPE, 'content-length': '100' } });
    leaving.on('error', () => {});
    leaving.write('{"query":');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    leaving.destroy();
    const isLogged = () => gateway.logged.some((line) => line.includes('request ended'));
    await expect.poll(isLogged).toBe(true);
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});

describe('the Cache-Control of a response to POST', () => {
  it('contains the remaining seconds, however the response was made', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    const { ask, ready } = await listen(gateway);
    // Yoga creates the first response. The gateway sends the later responses from memory, without Yoga.
    for (let times = 0; times < 5; times += 1) {
      const seconds = Number(/^public, max-age=(\d+),/.exec((await ask()).headers.get('cache-control') ?? '')?.[1]);
      expect(seconds).toBeLessThanOrEqual(60 - 10 * times);
      expect(seconds).toBeGreaterThan(60 - 10 * (times + 1));
      gateway.passSeconds(10);
    }
    expect(await ready()).toBeGreaterThan(0);
    gateway.passSeconds(9.01);
    expect((await ask()).headers.get('cache-control')).toBe('no-store, max-age=0');
  });
});
