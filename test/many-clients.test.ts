import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../src/http/server.ts';
import { openBoth } from './support/both-apis.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { createHeldAnswers } from './support/held-answers.ts';
import { overSse } from './support/subscribers.ts';

const MATRIX = `query ($gpuCount: Int! = 1, $gpuType: String) { gpuAvailability(gpuCount: $gpuCount, gpuType: $gpuType) {
  coverage { expected observed failures { code message } } freshness { stale } } }`;

/** Options of `expect.poll`, for conditions that become true only after some seconds. */
const POLL = { timeout: 30_000 };

const SIZES = Array.from({ length: 16 }, (_, index) => index + 1);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Starts a gateway with its own stand-in for RunPod. The gateway identifies clients by the addresses that a proxy reports. */
async function open(env: Record<string, string> = {}) {
  const runPod = await startFakeRunPod();
  const settings = { TRUST_PROXY: 'loopback', UPSTREAM_TIMEOUT_MS: '100000', ...env };
  const gateway = connect(runPod.url, settings);
  const { listener, log, get } = gateway;
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  closing.push(async () => {
    gateway.stop();
    await server.close(0);
    await runPod[Symbol.asyncDispose]();
  });
  const url = `${server.url}/graphql`;

  /** Sends a query as the client with this address. */
  async function ask(address: string, variables: Record<string, unknown> = {}, query = MATRIX) {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors = [] } = (await response.json()) as Awaited<ReturnType<typeof gateway.ask>>;
    const { coverage, freshness } = data?.gpuAvailability ?? {};
    return {
      codes: errors.map(({ extensions }) => extensions.code),
      coverage,
      stale: freshness?.stale,
      failures: coverage?.failures ?? [],
    };
  }

  return {
    ...gateway,
    runPod,
    url,
    ask,
    async metric(name: string) {
      const { body } = await get('/metrics');
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
    },
  };
}

type Gateway = Awaited<ReturnType<typeof open>>;

const [BUSY, OTHER] = ['192.0.2.1', '192.0.2.2'];

const askEverySize = (gateway: Gateway, address = BUSY) =>
  Promise.all(SIZES.map((gpuCount) => gateway.ask(address, { gpuCount })));

describe('a client that requests every pod size of every GPU type', () => {
  it('causes no more requests to RunPod than its budget allows, and is informed when to try again', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '60' });
    const answers = await askEverySize(gateway);
    expect(gateway.runPod.seen).toHaveLength(60);
    const [first] = answers.at(-1)?.failures ?? [];
    expect(first).toEqual({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(/60 requests to it within a minute.*Try again in \d+ s\.$/),
    });
    expect(await gateway.metric('gpu_gateway_client_budget_refusals_total')).toBe(16 * 41 - 58);
  });

  it('receives in one operation the cells that its budget covers, and every other cell as failed', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '60' });
    const fields = [1, 2, 4].map(
      (size) => `size${size}: gpuAvailability(gpuCount: ${size}, filter: { includeUnavailable: true }) {
        nodes { stock } coverage { expected observed failed failures { code } } }`,
    );
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': BUSY },
      body: JSON.stringify({ query: `{ ${fields.join(' ')} }` }),
    });
    const { data } = await response.json();
    expect(gateway.runPod.seen).toHaveLength(60);
    const sizes = [data.size1, data.size2, data.size4];
    for (const { coverage, nodes } of sizes) {
      expect(coverage.observed + coverage.failed).toBe(coverage.expected);
      expect(nodes).toHaveLength(coverage.expected);
    }
    const codes = sizes.flatMap(({ coverage }) => coverage.failures.map(({ code }: { code: string }) => code));
    expect(new Set(codes)).toEqual(new Set(['RATE_LIMITED']));
    const observed = sizes.reduce((sum, { coverage }) => sum + coverage.observed, 0);
    // The client may cause 60 requests. Two of them are for the lists, and each of the other 58 requests observes one GPU type.
    expect(observed).toBe(58 * (sizes[0].coverage.expected / 41));
  });

  it('receives known answers, marked stale, without a refresh when its budget is spent', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '43' });
    expect(await gateway.ask(BUSY)).toMatchObject({ stale: false, failures: [] });
    gateway.passSeconds(61);
    const answer = await gateway.ask(BUSY);
    expect(answer).toMatchObject({ codes: [], stale: true, failures: [] });
    await gateway.ask(BUSY, { gpuType: 'L4' });
    expect(gateway.runPod.seen).toHaveLength(43);
  });

  it('cannot exceed its budget with requests that RunPod fails to answer', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '9' });
    await gateway.ask(OTHER, { gpuType: 'L4' });
    const before = gateway.runPod.seen.length;
    gateway.runPod.fail(() => answerWith(500, ''));
    const answers = await Promise.all(
      ['A40', 'RTX 4090', 'H100 SXM', 'B200'].map((gpuType) => gateway.ask(BUSY, { gpuType })),
    );
    expect(gateway.runPod.seen.length - before).toBe(9);
    expect(answers.flatMap(({ failures }) => failures).map(({ code }) => code)).toContain('RATE_LIMITED');
  });

  it('may cause any number of requests if no budget is set', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '0' });
    await Promise.all([1, 2, 3].map((gpuCount) => gateway.ask(BUSY, { gpuCount })));
    expect(gateway.runPod.seen).toHaveLength(2 + 3 * 41);
  });

  it('delays the cold query of another client by only a few requests', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '0' });
    const { runPod } = gateway;
    await gateway.ask(OTHER, { gpuType: 'L4' });
    const answers = createHeldAnswers();
    runPod.fail(answers.faults);
    const waiting = () => gateway.metric('gpu_gateway_upstream_queue_length');
    const busy = Promise.all([2, 3, 4, 5].map((gpuCount) => gateway.ask(BUSY, { gpuCount })));
    await expect.poll(waiting).toBe(4 * 41 - 3);
    await expect.poll(() => answers.names().length).toBe(3);
    const question = gateway.ask(OTHER, { gpuType: 'RTX A4000' });
    await expect.poll(waiting).toBe(4 * 41 - 2);
    const before = runPod.seen.length;
    runPod.fail();
    answers.release();
    expect(await question).toMatchObject({ failures: [] });
    const itsOwn = runPod.seen.findIndex(
      ({ variables }) => variables?.['gpuTypeId'] === 'NVIDIA RTX A4000' && variables['gpuCount'] === 1,
    );
    expect(itsOwn - before).toBeGreaterThanOrEqual(0);
    expect(itsOwn - before).toBeLessThan(3);
    await busy;
  });
});

describe('a client whose operation needs more than its budget', () => {
  it('has missing answers fetched before stale ones are refreshed', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '24' });
    const asked = SIZES.slice(0, 15);
    const sizes = asked.map(
      (size) => `size${size}: gpuAvailability(gpuCount: ${size}, gpuType: "L4") {
      coverage { failed } freshness { stale } }`,
    );
    const ask = async (fields: readonly string[]) => {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': BUSY },
        body: JSON.stringify({ query: `{ ${fields.join(' ')} }` }),
      });
      return (await response.json()).data;
    };
    await ask(sizes.slice(0, 10));
    gateway.passSeconds(61);
    // The query needs fifteen requests: ten for stale answers, and five for missing ones. The client may cause only twelve more requests,
    // so the missing answers must take precedence.
    const data = await ask(sizes);
    expect(asked.map((size) => data[`size${size}`])).toEqual(
      asked.map((size) => ({ coverage: { failed: 0 }, freshness: { stale: size <= 10 } })),
    );
    await expect.poll(() => gateway.runPod.seen.length).toBe(24);
  });
});

describe('another client', () => {
  it('pays neither for fresh answers nor for requests that are already in flight', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '3' });
    const same = [BUSY, OTHER, BUSY].map((address) => gateway.ask(address, { gpuType: 'L4' }));
    const [first] = await Promise.all(same);
    expect(first).toMatchObject({ failures: [] });
    expect(gateway.runPod.seen).toHaveLength(3);
    await gateway.ask(OTHER, { gpuType: 'L4' });
    for (const gpuType of ['A40', 'B200']) {
      expect(await gateway.ask(OTHER, { gpuType })).toMatchObject({ failures: [] });
    }
  });

  it('gets an answer at once to a query that failed for a client without a remaining budget', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '3' });
    await gateway.ask(BUSY, { gpuType: 'L4' });
    expect(await gateway.ask(BUSY, { gpuType: 'A40' })).toMatchObject({ failures: [{ code: 'RATE_LIMITED' }] });
    expect(await gateway.ask(OTHER, { gpuType: 'A40' })).toMatchObject({ failures: [] });
  });

  it('is answered even if a client whose budget does not suffice sends the same query at the same time', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '4' });
    await gateway.ask(BUSY, { gpuType: 'L4' });
    const variables = { gpuCount: 2 };
    const query = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { nameContains: "H100" }) {
      coverage { failed failures { code } } } }`;
    const [, answered] = await Promise.all([BUSY, OTHER].map((address) => gateway.ask(address, variables, query)));
    expect(answered).toMatchObject({ codes: [], failures: [] });
  });

  it('finds a ready gateway even if the budget of the first client did not suffice for the lists', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '1' });
    expect(await gateway.ask(BUSY, {}, '{ gpuAvailability { totalCount } }')).toMatchObject({
      codes: ['RATE_LIMITED'],
    });
    expect(await gateway.get('/ready')).toMatchObject({ body: expect.not.stringContaining('unavailable') });
    await gateway.ask(OTHER, { gpuType: 'L4' });
    expect(await gateway.get('/ready')).toMatchObject({ status: 200 });
  });
});

describe('a subscription', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('is charged for its first answers', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '10' });
    void gateway.keepFresh();
    overSse(gateway.url, {}, from(BUSY));
    await expect.poll(() => gateway.metric('gpu_gateway_client_budget_refusals_total'), POLL).toBe(41 - 8);
    await expect.poll(() => gateway.runPod.seen.length, POLL).toBe(10);
  });

  it('is charged neither for later answers nor for answers that are fresh when it begins', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '3', FRESH_SECONDS: '1' });
    void gateway.keepFresh();
    overSse(gateway.url, { gpuType: 'L4' }, from(BUSY));
    await expect.poll(() => gateway.runPod.seen.length, POLL).toBeGreaterThan(5);
    overSse(gateway.url, { gpuType: 'L4' }, from(OTHER));
    await expect.poll(() => gateway.metric('gpu_gateway_subscriptions'), POLL).toBe(2);
    expect(await gateway.ask(BUSY, { gpuType: 'A40' })).toMatchObject({ failures: [{ code: 'RATE_LIMITED' }] });
    expect(await gateway.ask(OTHER, { gpuType: 'A40' })).toMatchObject({ failures: [] });
  });
});

describe('a refresh before an answer becomes stale', () => {
  it('is charged to the client that requested the answer', async () => {
    const gateway = await open({ CLIENT_UPSTREAM_PER_MINUTE: '5', FRESH_SECONDS: '1', REFRESH: 'background' });
    void gateway.keepFresh();
    await gateway.ask(BUSY, { gpuType: 'L4' });
    await expect.poll(() => gateway.metric('gpu_gateway_client_budget_refusals_total'), POLL).toBeGreaterThan(1);
    expect(gateway.runPod.seen).toHaveLength(5);
  });

  it('is charged to the client that requested the answer last, even if that client got it from memory', async () => {
    const env = { CLIENT_UPSTREAM_PER_MINUTE: '3', FRESH_SECONDS: '100', REFRESH: 'background' };
    const gateway = await open(env);
    await gateway.ask(BUSY, { gpuType: 'L4' });
    gateway.passSeconds(61);
    await gateway.ask(OTHER, { gpuType: 'L4' });
    gateway.passSeconds(30);
    void gateway.keepFresh();
    await expect.poll(() => gateway.runPod.seen.length, POLL).toBe(4);
    const answers = await Promise.all(['A40', 'B200', 'RTX 4090'].map((gpuType) => gateway.ask(OTHER, { gpuType })));
    expect(answers.flatMap(({ failures }) => failures)).toMatchObject([{ code: 'RATE_LIMITED' }]);
  });
});

describe('requests for spot prices that supplement the answers of the REST API', () => {
  it('are charged to the client whose query needs them, and leave half of its budget for other requests', async () => {
    await using both = await openBoth({ CLIENT_UPSTREAM_PER_MINUTE: '10', TRUST_PROXY: 'loopback' });
    const { gateway, rest, graphql } = both;
    const server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
    closing.push(() => server.close(0));
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': BUSY };
    const askSize = async (gpuCount: number) => {
      const body = JSON.stringify({ query: MATRIX, variables: { gpuCount } });
      await (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).json();
    };
    await askSize(1);
    const inLists = rest.seen.length;
    await expect.poll(() => rest.seen.length + graphql.seen.length, POLL).toBe(6);
    for (const gpuCount of SIZES) await askSize(gpuCount);
    expect([rest.seen.length - inLists, graphql.seen.length + inLists]).toEqual([4, 6]);
  });
});
