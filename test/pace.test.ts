import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { UNBOUNDED } from '../src/domain/permit.ts';
import { createLoopTurns } from '../src/graphql/pace/loop-turns.ts';
import { createPace } from '../src/graphql/pace/pace.ts';
import type { WorkQueue } from '../src/graphql/pace/work-queue.ts';
import { createGateway } from './support/gateway.ts';

/** More bytes than one turn of the event loop may produce. */
const FULL = 1_000_000;

const MATRIX = 'filter: { includeUnavailable: true }';
const ROW =
  'id stock gpuType { id displayName securePrice } dataCenter { id compliance } availableGpuCounts observedAt';
const SMALL = '{ gpuAvailability(first: 5) { nodes { stock } } }';

const repeat = (times: number, write: (index: number) => string): string =>
  Array.from({ length: times }, (_, index) => write(index)).join(' ');

/** Operations of several kinds, each nearly as large as a limit allows. */
const LARGE: readonly (readonly [string, string, Record<string, unknown>])[] = [
  [
    'the whole matrix many times',
    `{ ${repeat(20, (index) => `q${index}: gpuAvailability(${MATRIX}) { nodes { ${ROW} } }`)} }`,
    {},
  ],
  [
    'all types in each data center',
    `{ dataCenters { ${repeat(20, (index) => `q${index}: availability(${MATRIX}) { nodes { ${ROW} } }`)} } }`,
    {},
  ],
  [
    'as many small rows as the limit allows',
    `{ ${repeat(31, (index) => `q${index}: gpuAvailability(${MATRIX}) { nodes { gpuCount } }`)} }`,
    {},
  ],
  [
    'a thousand entities',
    `query ($them: [_Any!]!) { _entities(representations: $them) { ... on GpuType { availability(${MATRIX}) { nodes { gpuCount } } } } }`,
    { them: Array.from({ length: 1000 }, () => ({ __typename: 'GpuType', id: 'NVIDIA L4' })) },
  ],
  [
    'rows in parts',
    `{ gpuAvailability(${MATRIX}) { nodes { ...Row @defer } } } fragment Row on GpuAvailability { ${ROW} }`,
    {},
  ],
];

async function read(
  { handler }: ReturnType<typeof createGateway>,
  query: string,
  variables: Record<string, unknown> = {},
) {
  const response = await handler.fetch('http://gateway.invalid/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed, application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, text: await response.text() };
}

/** Counts the turns of the event loop until `work` settles. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  const settled = new AbortController();
  let turns = 0;
  void work.finally(() => settled.abort());
  while (!settled.signal.aborted) {
    await nextTurn();
    turns += 1;
  }
  return turns;
}

it.each(LARGE)('%s: other requests get turns of the event loop', async (_what, query, variables) => {
  const gateway = createGateway();
  await read(gateway, SMALL);
  const asking = read(gateway, query, variables);
  const turns = await countTurns(asking);
  const { status, text } = await asking;
  expect(status).toBe(200);
  expect(turns).toBeGreaterThan(text.length / 400_000 + 3);
});

const NAMES = repeat(30, (index) => `${'a'.repeat(120)}${index}: stock`);

it.each([
  [
    'rows that are all in the first part',
    `{ gpuAvailability(${MATRIX}) { nodes @stream(initialCount: 100000) { ${NAMES} } ... @defer { totalCount } } }`,
  ],
  [
    'a deferred fragment',
    `query { ... @defer { gpuAvailability(${MATRIX}) { nodes { ${NAMES} } } } upstream { source } }`,
  ],
  [
    'rows that are streamed one by one',
    `{ gpuAvailability(${MATRIX}) { nodes @stream(initialCount: 0) { ${NAMES} } } }`,
  ],
])('%s: the response is converted to JSON in chunks', async (_what, query) => {
  const gateway = createGateway();
  await read(gateway, SMALL);
  const stringify = vi.spyOn(JSON, 'stringify');
  const { text } = await read(gateway, query);
  const longest = Math.max(...stringify.mock.results.map(({ value }) => value?.length ?? 0));
  stringify.mockRestore();
  expect(text.length).toBeGreaterThan(5_000_000);
  expect(longest).toBeLessThan(1_000_000);
});

it('a small operation does not wait for a large one that was sent before', async () => {
  const gateway = createGateway();
  const [, query] = LARGE[0] as (typeof LARGE)[number];
  await Promise.all([read(gateway, SMALL), read(gateway, query)]);
  const ended: string[] = [];
  await Promise.all([
    read(gateway, query).then(() => ended.push('large')),
    read(gateway, SMALL).then(() => ended.push('small')),
  ]);
  expect(ended).toEqual(['small', 'large']);
});

it('an error is reported in a large response as in a small one', async () => {
  const gateway = createGateway();
  const fails = 'bad: gpuAvailability(gpuType: "none") { totalCount }';
  const few = await gateway.ask(`{ ${fails} }`);
  const many = await gateway.ask(`{ ${fails} q: gpuAvailability(${MATRIX}) { nodes { ${ROW} } } }`);
  expect(many.errors?.map(({ message, extensions }) => ({ message, extensions }))).toEqual(
    few.errors?.map(({ message, extensions }) => ({ message, extensions })),
  );
  expect(many.data.bad).toBeNull();
});

it('a large response equals the small responses to its fields, put together', async () => {
  const gateway = createGateway();
  const field = fc.constantFrom(
    'id',
    'stock',
    'onDemandPrice { perGpu }',
    'gpuType { id memoryGb }',
    'dataCenter { compliance }',
  );
  const report = fc.record({
    rows: fc.uniqueArray(field, { minLength: 1 }),
    first: fc.integer({ min: 1, max: 2000 }),
    region: fc.constantFrom('', 'region: EUROPE', 'region: OCEANIA'),
  });
  const listed = fc.constantFrom('gpuTypes', 'dataCenters');
  const question = fc.oneof(
    report.map(
      ({ rows, first, region }) =>
        `gpuAvailability(first: ${first} ${region} ${MATRIX}) { nodes { ${rows.join(' ')} } totalCount }`,
    ),
    fc
      .tuple(listed, report)
      .map(
        ([list, { rows, first }]) =>
          `${list} { id availability(first: ${first} ${MATRIX}) { nodes { ${rows.join(' ')} } } }`,
      ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 6, maxLength: 12 }), async (questions) => {
      const { text } = await read(gateway, `{ ${questions.map((one, index) => `q${index}: ${one}`).join(' ')} }`);
      const each = await Promise.all(questions.map((one) => gateway.ask(`{ one: ${one} }`)));
      expect(text).toBe(
        JSON.stringify({ data: Object.fromEntries(each.map(({ data }, index) => [`q${index}`, data.one])) }),
      );
    }),
    { numRuns: 8 },
  );
});

it('the remaining work of a large operation is not done after its client has disconnected', async () => {
  let isClosed = false;
  const pace = createPace(createLoopTurns(), { ...UNBOUNDED, isClosed: () => isClosed });
  pace.spend(1_000_000);
  const done: string[] = [];
  await pace.run(() => done.push('before'));
  const left = pace.run(() => done.push('after'));
  isClosed = true;
  await expect(left).rejects.toMatchObject({ name: 'AbortError' });
  expect(done).toEqual(['before']);
});

describe('turns of the event loop', () => {
  /**
   * Creates a scheduler of event loop turns, and a function `add` that puts named work into a queue. Work that runs adds its name to
   * `done`, and then queues the work that is named in `more`.
   */
  const createWork = () => {
    const turns = createLoopTurns();
    const done: string[] = [];
    const add = (queue: Pick<WorkQueue, 'add'>, name: string, more: readonly string[] = [], bytes = 0) =>
      queue.add(() => {
        done.push(name);
        turns.spend(bytes);
        for (const one of more) add(queue, one);
      });
    return { turns, done, add };
  };

  it('do follow-up work directly after the work that added it, in the order in which it was added', async () => {
    const { turns, done, add } = createWork();
    const queue = turns.queue();
    add(queue, 'first', ['first of first', 'second of first'], FULL);
    add(queue, 'second', ['first of second'], FULL);
    add(queue, 'third');
    await expect.poll(() => done, { interval: 1 }).toHaveLength(6);
    expect(done).toEqual(['first', 'first of first', 'second of first', 'second', 'first of second', 'third']);
  });

  it('alternate between operations', async () => {
    const { turns, done, add } = createWork();
    const [one, other] = [turns.queue(), turns.queue()];
    for (const name of ['a1', 'a2', 'a3']) add(one, name, [], FULL);
    for (const name of ['b1', 'b2']) add(other, name, [], FULL);
    await expect.poll(() => done, { interval: 1 }).toHaveLength(5);
    expect(done).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  it('do small work of several operations in one turn', async () => {
    const { turns, done, add } = createWork();
    const [one, other] = [turns.queue(), turns.queue()];
    for (const name of ['a1', 'a2']) add(one, name);
    add(other, 'b1');
    await nextTurn();
    expect(done).toEqual(['a1', 'b1', 'a2']);
  });
});
