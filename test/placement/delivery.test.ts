import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { connect, createGateway } from '../support/gateway.ts';
import { createHeldAnswers } from '../support/held-answers.ts';
import { createAnswer, readParts } from '../support/parts.ts';

const EXCLUDED = 'excluded { gpuType { id } dataCenter { id } gpuCount reason message }';
const RELAXATIONS = 'relaxations { need options cheapest { perPod } }';
const OPTIONS = 'totalCount options { availability { id observedAt } createRequest { body } }';
const NEEDS = '{ gpuTypeIds: ["NVIDIA L4", "NVIDIA A40"], regions: [EUROPE], maxPricePerHour: 0.41 }';

const place = (fields: string, needs = NEEDS) => `{ placement(needs: ${needs}) { ${fields} } }`;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Starts a gateway over HTTP with its own stand-in for RunPod's GraphQL API. */
async function open(env: Record<string, string> = {}) {
  const runPod = await startFakeRunPod();
  const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0', ...env });
  const server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
  closing.push(async () => {
    gateway.stop();
    await server.close(0);
    await runPod[Symbol.asyncDispose]();
  });
  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  const get = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
  return { gateway, runPod, post, get };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Sends a query. Resolves to the merged data of its response in parts, and to the number of parts. */
async function collect({ post }: Opened, query: string) {
  const answer = createAnswer();
  let parts = 0;
  for await (const payload of readParts(await post(query, { accept: 'multipart/mixed' }))) {
    expect(JSON.stringify(payload)).not.toContain('"errors"');
    answer.add(payload);
    parts += 1;
  }
  return { data: answer.data(), parts };
}

describe('a placement in parts', () => {
  it.each([
    ['relaxations', `${OPTIONS} ${EXCLUDED} ... @defer { ${RELAXATIONS} }`],
    ['exclusions', `${OPTIONS} ${RELAXATIONS} ... @defer { ${EXCLUDED} }`],
    ['both together', `${OPTIONS} ... @defer { ${EXCLUDED} ${RELAXATIONS} }`],
    ['both separately', `${OPTIONS} ... @defer { ${EXCLUDED} } ... @defer(label: "more") { ${RELAXATIONS} }`],
    ['options', `${EXCLUDED} ${RELAXATIONS} ... @defer { ${OPTIONS} }`],
  ])('has the same data with deferred %s, cold and warm', async (_what, fields) => {
    const opened = await open();
    const cold = await collect(opened, place(fields));
    const warm = await collect(opened, place(fields));
    const { data } = await opened.gateway.ask(place(`${OPTIONS} ${EXCLUDED} ${RELAXATIONS}`));
    expect(cold.data).toEqual(data);
    expect(warm.data).toEqual(data);
    expect(cold.parts).toBeGreaterThan(1);
    expect(data.placement.relaxations).toHaveLength(3);
    expect(data.placement.excluded.length).toBeGreaterThan(39);
  });

  it('has its options before RunPod has answered for the deferred relaxations', async () => {
    const opened = await open();
    await opened.gateway.ask(place(OPTIONS));
    const held = createHeldAnswers();
    opened.runPod.fail(held.faults);
    const asked = opened.post(place(`${OPTIONS} ... @defer { ${RELAXATIONS} }`), { accept: 'multipart/mixed' });
    await expect.poll(held.names).not.toEqual([]);
    const parts = readParts(await asked);
    const { value } = await parts.next();
    expect(value).toMatchObject({ hasNext: true, data: { placement: { totalCount: expect.any(Number) } } });
    opened.runPod.fail();
    held.release();
    const answer = createAnswer();
    answer.add(value);
    for await (const part of parts) answer.add(part);
    expect(answer.data()).toEqual((await opened.gateway.ask(place(`${OPTIONS} ${RELAXATIONS}`))).data);
  });

  it('has the same options if they are streamed', async () => {
    const opened = await open();
    const streamed = OPTIONS.replace('options', 'options @stream(initialCount: 1)');
    const { data, parts } = await collect(opened, place(streamed, '{ minMemoryGb: 24 }'));
    expect(parts).toBeGreaterThan(1);
    expect(data).toEqual((await opened.gateway.ask(place(OPTIONS, '{ minMemoryGb: 24 }'))).data);
  });
});

describe('a placement whose relaxations are selected many times', () => {
  const ALL =
    '{ gpuCount: 1, minTotalMemoryGb: 1, manufacturer: NVIDIA, regions: [EUROPE, ASIA], minStock: LOW, maxPricePerHour: 1 }';
  const MANY = Array.from({ length: 40 }, (_, index) => `a${index}: ${RELAXATIONS}`).join(' ');

  it('leaves turns of the event loop to other requests, and has the same relaxations each time', async () => {
    const { ask } = createGateway();
    const { data: once } = await ask(place(RELAXATIONS, ALL));
    const settled = new AbortController();
    const asking = ask(place(MANY, ALL)).finally(() => settled.abort());
    let turns = 0;
    while (!settled.signal.aborted) {
      await nextTurn();
      turns += 1;
    }
    const { data } = await asking;
    expect(turns).toBeGreaterThan(10);
    expect(new Set(Object.values(data.placement).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(once.placement.relaxations)]),
    );
  });
});

describe('the response to a GET for a placement', () => {
  const L4 = '{ gpuTypeIds: ["NVIDIA L4"] }';
  const MATRIX_OF_L4 = '{ gpuAvailability(gpuType: "L4") { totalCount } }';
  const cacheControl = (response: Response) => response.headers.get('cache-control') ?? '';
  const secondsOf = (response: Response) => Number(/max-age=(\d+)/.exec(cacheControl(response))?.[1] ?? -1);

  it('may be stored for the same time as the response for the same rows of gpuAvailability', async () => {
    const { gateway, get } = await open();
    const first = await get(place(OPTIONS, L4));
    expect(cacheControl(first)).toMatch(/^public, max-age=\d+, must-revalidate$/);
    expect(secondsOf(first)).toBeGreaterThan(50);
    gateway.passSeconds(45);
    const [placed, compared] = [await get(place(OPTIONS, L4)), await get(MATRIX_OF_L4)];
    expect(secondsOf(placed)).toBeLessThanOrEqual(15);
    expect(secondsOf(placed) - secondsOf(compared)).toBeLessThanOrEqual(1);
    expect(placed.headers.get('etag')).toBe(first.headers.get('etag'));
  });

  it('has status 304 for a client that already has it', async () => {
    const { get } = await open();
    const first = await get(place(OPTIONS, L4));
    const again = await get(place(OPTIONS, L4), { 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('is private if clients have keys', async () => {
    const { handler } = createGateway({ CLIENT_API_KEYS: 'key' });
    const url = `http://gateway.invalid/graphql?query=${encodeURIComponent(place(OPTIONS))}`;
    const response = await handler.fetch(url, { headers: { authorization: 'Bearer key' } });
    expect(cacheControl(response)).toMatch(/^private, max-age=\d+/);
  });

  it('may be stored for the same time as the lists of GPU types and data centers if no GPU type meets the needs', async () => {
    const { get } = await open({ FRESH_SECONDS: '10', DISCOVERY_SECONDS: '300' });
    const placed = await get(place(`${OPTIONS} ${EXCLUDED}`, '{ minMemoryGb: 10000 }'));
    const compared = await get('{ gpuAvailability(filter: { minMemoryGb: 10000 }) { totalCount } }');
    expect(secondsOf(placed)).toBeGreaterThan(10);
    expect(Math.abs(secondsOf(placed) - secondsOf(compared))).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a row that could not be observed', OPTIONS, L4],
    [
      'a relaxation from rows that could not be observed',
      `${OPTIONS} ${RELAXATIONS}`,
      '{ gpuTypeIds: ["NVIDIA A40"] }',
    ],
  ])('must not be stored with %s', async (_what, fields, needs) => {
    const { runPod, get } = await open();
    runPod.fail(({ variables }) => (variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined));
    const response = await get(place(fields, needs));
    expect((await response.json()).errors).toBeUndefined();
    expect(cacheControl(response)).toMatch(/^no-store/);
  });

  it('must not be stored if a need has no relaxation because its rows are not in memory', async () => {
    const { get } = await open();
    const needs = '{ gpuTypeIds: ["NVIDIA L4"], gpuCount: 1, minTotalMemoryGb: 100000 }';
    const before = await get(place(RELAXATIONS, needs));
    expect(before.headers.get('cache-control')).toContain('no-store');
    await get('{ gpuAvailability { totalCount } }');
    const after = await get(place(RELAXATIONS, needs));
    expect(
      [await before.text(), await after.text()].map((text) => JSON.parse(text).data.placement.relaxations),
    ).toEqual([[], [expect.objectContaining({ need: 'minTotalMemoryGb' })]]);
  });

  it('must not be stored with an error', async () => {
    const { get } = await open();
    expect(cacheControl(await get(place(OPTIONS, '{ gpuCount: 17 }')))).toMatch(/^no-store/);
  });

  it('may be stored for no longer than the oldest rows from which its relaxations were made', async () => {
    const { gateway, get } = await open();
    await gateway.ask('{ gpuAvailability(gpuType: "A40") { totalCount } }');
    gateway.passSeconds(40);
    const plain = await get(place(OPTIONS, L4));
    const relaxed = await get(place(`${OPTIONS} ${RELAXATIONS}`, L4));
    expect(secondsOf(plain)).toBeGreaterThan(50);
    expect(secondsOf(relaxed)).toBeGreaterThan(0);
    expect(secondsOf(relaxed)).toBeLessThanOrEqual(20);
  });

  it('changes when the stock changes', async () => {
    const { gateway, runPod, get } = await open();
    const query = place(
      'options { availability { stock } }',
      '{ gpuTypeIds: ["NVIDIA L4"], dataCenterIds: ["EUR-IS-1"] }',
    );
    const first = await get(query);
    expect(await first.json()).toMatchObject({
      data: { placement: { options: [{ availability: { stock: 'LOW' } }] } },
    });
    runPod.fail(({ operationName }) =>
      operationName === 'LowestPrices'
        ? (response, good) => response.end(good.replaceAll('"Low"', '"High"'))
        : undefined,
    );
    gateway.passSeconds(61);
    const stockNow = async () => (await (await get(query)).json()).data.placement.options[0]?.availability.stock;
    await expect.poll(stockNow).toBe('HIGH');
    expect((await get(query)).headers.get('etag')).not.toBe(first.headers.get('etag'));
  });
});

describe('the budget of a client', () => {
  const CLIENT = { 'x-forwarded-for': '192.0.2.1' };
  const COVERAGE = 'totalCount coverage { expected observed failed failures { code message } }';

  it('counts the requests for a placement, and cells beyond the budget are reported as not observed', async () => {
    const { runPod, post } = await open({ TRUST_PROXY: 'loopback', CLIENT_UPSTREAM_PER_MINUTE: '12' });
    const response = await post(place(`${COVERAGE} ${EXCLUDED}`, '{}'), CLIENT);
    const { data, errors } = await response.json();
    expect(errors).toBeUndefined();
    expect(runPod.seen).toHaveLength(12);
    const { coverage, excluded } = data.placement;
    // The client may cause twelve requests. Two of them are for the lists, and each of the others observes one GPU type in 39 data centers.
    expect([coverage.observed, coverage.observed + coverage.failed]).toEqual([10 * 39, coverage.expected]);
    expect(new Set(coverage.failures.map(({ code }: { code: string }) => code))).toEqual(new Set(['RATE_LIMITED']));
    const unobserved = excluded.filter(({ reason }: { reason: string }) => reason === 'NOT_OBSERVED');
    expect(unobserved).toHaveLength(coverage.failed / 39);
    expect(unobserved[0].message).toMatch(/12 requests to it within a minute.*Try again in \d+ s\.$/);
  });

  it('counts the requests for relaxations, too', async () => {
    const { runPod, post } = await open({ TRUST_PROXY: 'loopback', CLIENT_UPSTREAM_PER_MINUTE: '12' });
    const needs = '{ gpuTypeIds: ["NVIDIA L4"] }';
    const first = await (await post(place(COVERAGE, needs), CLIENT)).json();
    expect(runPod.seen).toHaveLength(3);
    const second = await (await post(place(`${COVERAGE} ${RELAXATIONS}`, needs), CLIENT)).json();
    expect(runPod.seen).toHaveLength(12);
    expect(second.errors).toBeUndefined();
    expect(second.data.placement.totalCount).toBe(first.data.placement.totalCount);
    const other = await (await post(place(COVERAGE, '{ gpuTypeIds: ["NVIDIA B200"], gpuCount: 2 }'), CLIENT)).json();
    expect(other.data.placement.coverage.failures).toMatchObject([{ code: 'RATE_LIMITED' }]);
  });
});

describe('the limit of requests that one operation may cause', () => {
  it('makes a placement that exceeds it fail, and no request for prices is sent', async () => {
    const { gateway, runPod } = await open({ MAX_UPSTREAM_PER_OPERATION: '10' });
    const { data, errors } = await gateway.ask(place(OPTIONS, '{}'));
    expect(data).toEqual({ placement: null });
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
    expect(runPod.count('LowestPrices')).toBe(0);
  });

  it('leaves out relaxations beyond it, without an error and without a request', async () => {
    const { gateway, runPod } = await open({ MAX_UPSTREAM_PER_OPERATION: '10' });
    const { data, errors } = await gateway.ask(place(`${OPTIONS} ${RELAXATIONS}`));
    expect(errors).toBeUndefined();
    expect(runPod.count('LowestPrices')).toBe(2);
    expect(data.placement.relaxations.map(({ need }: { need: string }) => need)).toEqual([
      'maxPricePerHour',
      'regions',
    ]);
  });
});
