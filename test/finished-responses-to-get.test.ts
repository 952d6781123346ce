import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { get, listen, QUESTION } from './support/finished-responses.ts';
import { connect, createGateway } from './support/gateway.ts';

describe('a finished response to GET', () => {
  it('is sent again for as long as it is fresh', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    const { url, ready } = await listen(gateway);
    await get(url, QUESTION);
    const first = await get(url, QUESTION);
    gateway.passSeconds(30);
    const again = await get(url, QUESTION);
    expect(await ready()).toBe(2);
    expect(again.body).toEqual(first.body);
    const ages = [first, again].map(({ headers }) => Number(/max-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1]));
    expect((ages[0] ?? 0) - (ages[1] ?? 0)).toBeGreaterThanOrEqual(30);
    const { date: _date, 'x-request-id': _id, 'cache-control': _control, ...others } = again.headers;
    expect(first.headers).toMatchObject(others);
    gateway.passSeconds(31);
    expect((await get(url, QUESTION)).headers['cache-control']).toBe('no-store, max-age=0');
  });

  it('is sent in full and must not be stored if it stays fresh for less than a second', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    const { url, ready } = await listen(gateway);
    await get(url, QUESTION);
    const { headers, body } = await get(url, QUESTION);
    const condition = { 'if-none-match': String(headers.etag) };
    expect((await get(url, QUESTION, condition)).status).toBe(304);
    const readyBefore = await ready();
    gateway.passSeconds(59.01);
    const last = await get(url, QUESTION, condition);
    expect([last.status, last.headers['cache-control']]).toEqual([200, 'no-store, max-age=0']);
    expect(last.body).toEqual(body);
    expect(await ready()).toBeGreaterThan(readyBefore);
  });

  it('has status 304, without an execution, for a client that sends back its Last-Modified and no ETag', async () => {
    const { url, ready } = await listen(createGateway());
    await get(url, QUESTION);
    const { headers } = await get(url, QUESTION);
    const since = { 'if-modified-since': String(headers['last-modified']) };
    expect((await get(url, QUESTION, since)).status).toBe(304);
    expect((await get(url, QUESTION, { ...since, 'if-none-match': '"other"' })).status).toBe(200);
    expect(await ready()).toBe(3);
  });

  it('has status 304, without an execution, for a client that already has it, and is counted and logged as 304', async () => {
    const gateway = createGateway();
    const { url, ready } = await listen(gateway);
    await get(url, QUESTION);
    const first = await get(url, QUESTION);
    const tag = String(first.headers.etag);
    for (const known of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
      const again = await get(url, QUESTION, { 'if-none-match': known });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      const { date: _date, 'x-request-id': _id, ...others } = again.headers;
      expect(first.headers).toMatchObject(others);
      expect(again.headers['content-length']).toBeUndefined();
    }
    expect((await get(url, QUESTION, { 'if-none-match': '"other"' })).status).toBe(200);
    expect(await ready()).toBe(6);
    const { body } = await gateway.get('/metrics');
    expect(body).toMatch(/gpu_gateway_request_duration_seconds_count\{operation_type="query",status_code="304"\} 4/);
    expect(gateway.logged.filter((line) => line.includes('"status":304'))).toHaveLength(4);
  });

  it('has the same headers and no body for HEAD', async () => {
    const { url, ready } = await listen(createGateway());
    await get(url, QUESTION);
    const first = await get(url, QUESTION);
    const head = await get(url, QUESTION, {}, 'HEAD');
    expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, first.headers.etag]);
    expect(head.headers['content-length']).toBe(first.headers['content-length']);
    expect(await ready()).toBe(2);
  });

  it('is not sent to a client without a key', async () => {
    const { url } = await listen(createGateway({ CLIENT_API_KEYS: 'one' }));
    const key = { authorization: 'Bearer one' };
    for (let count = 0; count < 3; count += 1) {
      const { headers } = await get(url, QUESTION, key);
      expect(headers['cache-control']).toMatch(/^private/);
      expect((await get(url, QUESTION)).status).toBe(401);
      expect((await get(url, QUESTION, { 'if-none-match': String(headers.etag) })).status).toBe(401);
    }
  });
});
