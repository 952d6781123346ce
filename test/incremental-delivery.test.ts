import { createSchema, createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { maskError } from '../src/graphql/mask-error.ts';
import { useIncrementalDelivery } from '../src/graphql/plugins/incremental-delivery.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { createHeldAnswers } from './support/held-answers.ts';
import { listen } from './support/listening-gateway.ts';
import { createAnswer, type Payload, readParts } from './support/parts.ts';
import { inStock, NOTHING } from './support/stock.ts';
import { openLive } from './support/subscribers.ts';

const ROW = '{ gpuType { id displayName } dataCenter { id } stock available }';
const REST = 'totalCount coverage { complete expected failed failures { code } } freshness { stale }';

/** Returns a query whose response is delivered in parts. */
const inParts = (args = '') => `{ gpuAvailability${args} { nodes @stream ${ROW} ... @defer { ${REST} } } }`;

/** Returns the same query as `inParts`, but without `@stream` and `@defer`. Its response is delivered as a whole. */
const atOnce = (args = '') => `{ gpuAvailability${args} { nodes ${ROW} ${REST} } }`;

const MATRIX = '(filter: { includeUnavailable: true })';

/** Reads parts of a response, and adds them to `answer`. Stops when `answer` has at least `rows` rows. By default, reads all parts. */
async function collect(parts: AsyncGenerator<Payload>, answer = createAnswer(), rows = Number.POSITIVE_INFINITY) {
  const errors: Payload['errors'][] = [];
  while (rowsOf(answer).length < rows) {
    const { value, done } = await parts.next();
    if (done === true) break;
    answer.add(value);
    errors.push(value.errors, ...(value.incremental ?? []).map((part) => part.errors as Payload['errors']));
  }
  return { answer, errors: errors.flatMap((some) => some ?? []) };
}

const rowsOf = (answer: ReturnType<typeof createAnswer>) =>
  (answer.data() as { gpuAvailability?: { nodes: object[] } } | undefined)?.gpuAvailability?.nodes ?? [];

describe('an incremental response', () => {
  it('has its first rows after two round trips, and in the end the data of an ordinary response', async () => {
    const held = createHeldAnswers();
    await using runPod = await startFakeRunPod(held.faults);
    const gateway = connect(runPod.url);
    const ask = await listen(gateway);
    const asked = ask(inParts(MATRIX));
    await expect.poll(held.names).toEqual(['DataCenters', 'GpuTypes']);
    held.release();
    await expect.poll(held.names).toHaveLength(3);
    held.release();
    const parts = readParts(await asked);
    const { answer } = await collect(parts, createAnswer(), 3 * 39);
    expect(runPod.seen.length).toBeLessThanOrEqual(2 + 3 + 3);
    expect(Object.keys((answer.data() as { gpuAvailability: object }).gpuAvailability)).toEqual(['nodes']);

    runPod.fail();
    held.release();
    const { errors } = await collect(parts, answer);
    expect(errors).toEqual([]);
    expect(answer.data()).toEqual((await gateway.ask(atOnce(MATRIX))).data);
    expect(rowsOf(answer)).toHaveLength(41 * 39);
  });

  it.each([
    '',
    '(first: 5)',
    '(gpuType: "RTX 4090")',
    '(region: AFRICA)',
    '(orderBy: { field: PRICE }, first: 7)',
    '(orderBy: { field: GPU_TYPE, direction: DESC })',
  ])('has the rows of an ordinary response in the same order, cold and warm: %s', async (args) => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    const ask = await listen(gateway);
    const cold = await collect(readParts(await ask(inParts(args))));
    const warm = await collect(readParts(await ask(inParts(args))));
    const whole = await gateway.ask(atOnce(args));
    expect([cold.errors, warm.errors, whole.errors]).toEqual([[], [], undefined]);
    expect(cold.answer.data()).toEqual(whole.data);
    expect(warm.answer.data()).toEqual(whole.data);
  });

  it('declares failed cells like an ordinary response', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0' });
    const ask = await listen(gateway);
    const { answer } = await collect(readParts(await ask(inParts(MATRIX))));
    expect(answer.data()).toEqual((await gateway.ask(atOnce(MATRIX))).data);
    expect(answer.data()).toMatchObject({ gpuAvailability: { coverage: { failed: 39 } } });
  });

  it('can be sent as server-sent events, and is replaced by ordinary JSON if the directive is turned off', async () => {
    const ask = await listen(createGateway());
    const accept = (type: string) => ({ headers: { 'content-type': 'application/json', accept: type } });
    const events = await (await ask(inParts(), accept('text/event-stream'))).text();
    expect(events.match(/^event: next$/gm)?.length).toBeGreaterThan(1);
    expect(events).toContain('event: complete');
    const query = '{ gpuAvailability { nodes @stream(if: false) { stock } } }';
    const whole = await ask(query, accept('application/json'));
    expect((await whole.json()).data.gpuAvailability.nodes.length).toBeGreaterThan(0);
  });

  it.each([
    ['(gpuType: "no such")', 200, 'BAD_USER_INPUT'],
    ['(gpuCount: 17)', 200, 'BAD_USER_INPUT'],
  ])('is refused like an ordinary response: %s', async (args, status, code) => {
    const response = await (await listen(createGateway()))(inParts(args));
    expect(response.status).toBe(status);
    expect(await collect(readParts(response))).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  it('causes no request for availability if it would need too many of them', async () => {
    await using runPod = await startFakeRunPod();
    const ask = await listen(connect(runPod.url, { MAX_UPSTREAM_PER_OPERATION: '10' }));
    const { errors } = await collect(readParts(await ask(inParts())));
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
    expect(runPod.count('LowestPrices')).toBe(0);
  });

  it('masks a fault of the gateway in a later part, and logs it once', async () => {
    const held = createHeldAnswers();
    await using runPod = await startFakeRunPod(held.faults);
    const gateway = connect(runPod.url);
    const headers = { 'content-type': 'application/json', accept: 'multipart/mixed', 'x-request-id': 'mine' };
    const asked = (await listen(gateway))(`{ gpuAvailability${MATRIX} { nodes @stream ${ROW} } }`, { headers });
    await expect.poll(held.names).toHaveLength(2);
    held.release();
    await expect.poll(held.names).toHaveLength(3);
    held.release();
    const parts = readParts(await asked);
    const { answer } = await collect(parts, createAnswer(), 3 * 39);
    await expect.poll(held.names).toHaveLength(3);
    // With a clock that returns NaN, every conversion of a time to a date fails. This simulates a bug.
    gateway.passSeconds(Number.NaN);
    held.release();
    const { errors } = await collect(parts, answer);
    const extensions = { code: 'INTERNAL_SERVER_ERROR' };
    expect(errors).toMatchObject([{ message: 'Internal server error', extensions }]);
    expect(rowsOf(answer)).toHaveLength(3 * 39);
    const faults = gateway.logged.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    expect(faults).toMatchObject([{ requestId: 'mine', err: { message: 'Invalid time value' } }]);
  });

  it('is cached neither by the gateway nor by HTTP caches', async () => {
    const gateway = createGateway();
    const ask = await listen(gateway);
    for (let count = 0; count < 3; count += 1) await (await ask(inParts())).text();
    expect((await gateway.get('/metrics')).body).toMatch(/^gpu_gateway_ready_answers_total 0$/m);
    const response = await gateway.handler.fetch(
      `http://gateway.invalid/graphql?query=${encodeURIComponent(inParts())}`,
      { headers: { accept: 'multipart/mixed' } },
    );
    expect([response.headers.get('cache-control'), response.headers.get('etag')]).toEqual(['no-store', null]);
    await response.text();
  });

  it('has its directives in the introspected schema, but not in the SDL for composition', async () => {
    const { data } = await createGateway().ask(
      '{ schema: __schema { directives { name } } service: _service { sdl } }',
    );
    const names = data.schema.directives.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['defer', 'stream']));
    expect(data.service.sdl).not.toMatch(/@(defer|stream)/);
  });

  it('causes no more requests after its client has disconnected', async () => {
    const held = createHeldAnswers();
    await using runPod = await startFakeRunPod(held.faults);
    const gateway = connect(runPod.url);
    const leaving = new AbortController();
    const asked = (await listen(gateway))(inParts(MATRIX), { signal: leaving.signal });
    await expect.poll(held.names).toHaveLength(2);
    held.release();
    await expect.poll(held.names).toHaveLength(3);
    held.release();
    await collect(readParts(await asked), createAnswer(), 39);
    await expect.poll(held.names).toHaveLength(3);
    leaving.abort();
    const waiting = async () =>
      /^gpu_gateway_upstream_queue_length (\d+)$/m.exec((await gateway.get('/metrics')).body)?.[1];
    await expect.poll(waiting).toBe('0');
    const { length } = runPod.seen;
    held.release();
    const inFlight = async () =>
      /^gpu_gateway_upstream_in_flight (\d+)$/m.exec((await gateway.get('/metrics')).body)?.[1];
    await expect.poll(inFlight).toBe('0');
    expect(runPod.seen).toHaveLength(length);
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  it('has errors with codes in events of subscriptions, too', async () => {
    await using live = await openLive();
    live.runPod.stock.set('NVIDIA L4', 'EU-RO-1', NOTHING);
    const query = `subscription { gpuAvailabilityChanged(gpuType: "L4") { id ... @defer { after { gpuType {
      availability(gpuCount: 99) { totalCount } } } } } }`;
    const leaving = new AbortController();
    const init = { method: 'POST', headers: EVENTS, body: JSON.stringify({ query }), signal: leaving.signal };
    const response = await fetch(live.url, init);
    await live.subscribed(1);
    live.runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Low'));
    expect(await textOfEvent(response)).toContain('BAD_USER_INPUT');
    leaving.abort();
  });

  it('has its faults masked in events of subscriptions, too', async () => {
    const typeDefs = 'type Query { id: ID } type Event { id: ID fault: ID } type Subscription { events: Event }';
    async function* subscribe() {
      const fault = () => {
        throw new Error('a secret');
      };
      yield { events: { id: '1', fault } };
    }
    const schema = createSchema({ typeDefs, resolvers: { Subscription: { events: { subscribe } } } });
    const yoga = createYoga({
      schema,
      plugins: [...useIncrementalDelivery()],
      maskedErrors: { maskError },
      logging: false,
    });
    const body = JSON.stringify({ query: 'subscription { events { id ... @defer { fault } } }' });
    const response = await yoga.fetch('http://gateway.invalid/graphql', { method: 'POST', headers: EVENTS, body });
    const text = await textOfEvent(response);
    expect(text).toContain('INTERNAL_SERVER_ERROR');
    expect(text).not.toContain('secret');
  });
});

const EVENTS = { 'content-type': 'application/json', accept: 'text/event-stream' };

/** Returns the text of all parts of the first event of a subscription. */
async function textOfEvent({ body }: Response): Promise<string> {
  let text = '';
  for await (const part of body ?? []) {
    text += Buffer.from(part).toString();
    if (text.includes('"hasNext":false')) break;
  }
  return text;
}
