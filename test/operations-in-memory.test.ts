import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { createOperations } from './support/operations-in-memory.ts';

const COUNT = '{ gpuAvailability { totalCount } }';

describe('an operation whose data is in memory', () => {
  it('is executed only after it has become known, and its response has the same text each time', () => {
    const { operations, execute } = createOperations();
    expect(execute({ query: COUNT })).toBeNull();
    operations.add({ query: COUNT, operationName: undefined }, {});
    for (let times = 0; times < 3; times += 1) {
      expect(execute({ query: COUNT })?.text).toBe('{"data":{"gpuAvailability":{"totalCount":4}}}');
    }
  });

  it('is not known by the name of another operation in its document', () => {
    const { operations, execute } = createOperations();
    const query = 'query A { gpuAvailability { totalCount } } query B { a: gpuAvailability(first: 1) { totalCount } }';
    operations.add({ query, operationName: 'B' }, {});
    expect(execute({ query, operationName: 'A' })).toBeNull();
    expect(execute({ query })).toBeNull();
    expect(execute({ query, operationName: 'B' })?.text).toBe('{"data":{"a":{"totalCount":4}}}');
  });

  it('has the values of its variables', () => {
    const { run } = createOperations({
      cell: (gpuTypeId) => ({ onDemandPrice: gpuTypeId === 'NVIDIA L4' ? { perGpu: 1, perPod: 1 } : null }),
    });
    const query = 'query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { totalCount } }';
    expect(
      [{ most: 1 }, { most: 0.9 }, {}].map((variables) => run(query, variables).gpuAvailability.totalCount),
    ).toEqual([2, 0, 4]);
  });

  it('has the details that were logged before, and the hash of a persisted operation', () => {
    const documentId = createHash('sha256').update(COUNT).digest('hex');
    const { operations, execute } = createOperations({ textOf: (id) => (id === documentId ? COUNT : null) });
    operations.add({ query: COUNT, operationName: undefined }, { operationName: 'Named', errorCodes: ['NONE'] });
    operations.add({ query: COUNT, operationName: undefined }, { operationName: 'Other' });
    expect(execute({ query: COUNT })?.details).toEqual({ operationName: 'Named' });
    expect(execute({ documentId })?.details).toEqual({ operationName: 'Named', operationHash: documentId });
    expect(execute({ documentId: 'other' })).toBeNull();
  });

  it('is valid until its lists or its observations stop being fresh, and names the data that it was made from', () => {
    const holdingWith = (listsFreshUntil: number, query = COUNT) => {
      const { operations, execute } = createOperations({ freshMs: 1000, listsFreshUntil: () => listsFreshUntil });
      operations.add({ query, operationName: undefined }, {});
      return execute({ query })?.holding;
    };
    expect(holdingWith(1_000_000)).toMatchObject({
      freshUntil: 6000,
      newestObservedAt: '1970-01-01T00:00:05.000Z',
    });
    expect(holdingWith(5500)?.freshUntil).toBe(5500);
    const { lists, observations } = holdingWith(1_000_000)?.sources ?? {};
    expect([lists?.size, observations?.size]).toEqual([2, 2]);
    const ofOneType = holdingWith(1_000_000, '{ gpuAvailability(gpuType: "L4") { totalCount } }');
    expect([...(ofOneType?.sources?.observations.keys() ?? [])].map(({ gpuTypeId }) => gpuTypeId)).toEqual([
      'NVIDIA L4',
    ]);
  });
});

describe('an operation is left to Yoga', () => {
  const run = (query: string, variables: object = {}) => createOperations().run(query, variables);

  it.each([
    ['a subscription', 'subscription { gpuAvailabilityChanges { id } }'],
    ['another root field', '{ upstream { source } }'],
    ['another root field besides', '{ gpuAvailability { totalCount } gpuTypes { id } }'],
    ['the availability of a GPU type', '{ gpuAvailability { nodes { gpuType { availability { totalCount } } } } }'],
    [
      'the availability of a data center',
      '{ gpuAvailability { nodes { dataCenter { availability { totalCount } } } } }',
    ],
    [
      'the availability of a GPU type in a fragment',
      '{ gpuAvailability { nodes { gpuType { ...A } } } } fragment A on GpuType { availability { totalCount } }',
    ],
    ['the schema', '{ __schema { queryType { name } } gpuAvailability { totalCount } }'],
    ['a type of the schema', '{ __type(name: "Query") { name } gpuAvailability { totalCount } }'],
    ['rows in parts', '{ gpuAvailability { nodes @stream { id } } }'],
    ['a fragment in parts', '{ gpuAvailability { ... @defer { totalCount } } }'],
    ['the rows twice', '{ gpuAvailability { nodes { stock } nodes { id } } }'],
    ['a report twice', '{ gpuAvailability { totalCount } gpuAvailability { nodes { id } } }'],
    ['a GPU type that does not exist', '{ gpuAvailability(gpuType: "L5") { totalCount } }'],
    ['a wrong number of GPUs', '{ gpuAvailability(gpuCount: 0) { totalCount } }'],
    ['no valid syntax', '{ gpuAvailability'],
    ['no operation', 'fragment A on Query { gpuAvailability { totalCount } }'],
  ])('if it has %s', (_what, query) => {
    expect(run(query)).toBeNull();
  });

  it.each([
    ['its rows', 'nodes { stock @include(if: $yes) }'],
    ['a nested field of its rows', 'nodes { gpuType { id @skip(if: $yes) } }'],
    ['an alias of its rows', 'rows: nodes { stock @include(if: $yes) }'],
    ['a fragment in its rows', 'nodes { ... on GpuAvailability @include(if: $yes) { stock } }'],
  ])('if the selection of %s depends on a variable', (_what, fields) => {
    expect(run(`query ($yes: Boolean = true) { gpuAvailability { ${fields} } }`)).toBeNull();
  });

  it('if a fragment depends on a variable in its selection', () => {
    const fragment = 'fragment A on GpuAvailability { stock @include(if: $yes) }';
    expect(run(`query ($yes: Boolean = true) { gpuAvailability { nodes { ...A } } } ${fragment}`)).toBeNull();
  });

  it.each(['options { totalMemoryGb @skip(if: $yes) }', 'excluded { reason @skip(if: $yes) }'])(
    'if the selection of a list of pods depends on a variable: %s',
    (fields) => {
      expect(run(`query ($yes: Boolean = true) { placement(needs: {}) { ${fields} } }`)).toBeNull();
    },
  );

  it('if a variable has the name of a property that every object has', () => {
    const query = 'query ($toString: Int) { gpuAvailability(first: $toString) { totalCount } }';
    expect(run(query)).toBeNull();
    expect(run(query.replaceAll('$toString', '$text'))).not.toBeNull();
  });

  it('if a variable has a value of the wrong type', () => {
    expect(run('query ($first: Int) { gpuAvailability(first: $first) { totalCount } }', { first: 'one' })).toBeNull();
  });

  it('if a list or an observation is not in memory', () => {
    expect(createOperations({ hasLists: false }).run(COUNT)).toBeNull();
    const { run: runWith } = createOperations({ isKnown: ({ gpuType }) => gpuType.id === 'NVIDIA L4' });
    expect(runWith(COUNT)).toBeNull();
    expect(runWith('{ gpuAvailability(gpuType: "L4") { totalCount } }')).toEqual({
      gpuAvailability: { totalCount: 2 },
    });
  });

  it.each([
    ['{ gpuAvailability(gpuType: "L4") { nodes { id } } }', 'gpuAvailability'],
    ['{ placement(needs: { gpuTypeIds: ["NVIDIA L4"] }) { options { totalMemoryGb } } }', 'placement'],
  ])('if a data center is missing in an observation: %s', (query, field) => {
    const dataCenters = ['EU-RO-1', 'US-TX-3'].map(dataCenterOf);
    const cell = (_gpuTypeId: string, id: string) => (id === 'US-TX-3' ? { dataCenterId: 'other' } : {});
    expect(createOperations({ dataCenters, cell }).run(query)).toBeNull();
    expect(createOperations({ dataCenters }).run(query)).toHaveProperty(field);
  });

  it('if the body of its request is invalid', () => {
    const { operations } = createOperations();
    operations.add({ query: COUNT, operationName: undefined }, {});
    for (const body of ['', '{', '[]', '{}', JSON.stringify({ query: COUNT, more: 1 })]) {
      expect(operations.execute(body, 1_000_000)).toBeNull();
    }
  });
});

describe('the size of an operation', () => {
  const many = (count: number, prefix: string) => Array.from({ length: count }, (_none, index) => `${prefix}-${index}`);
  const LONG = '{ gpuAvailability { nodes { id gpuType { id displayName } dataCenter { id name } } } }';

  it('must not exceed the number of bytes that are free for its response', () => {
    const { operations, execute } = createOperations();
    operations.add({ query: LONG, operationName: undefined }, {});
    const { length } = execute({ query: LONG })?.text ?? '';
    expect(length).toBeGreaterThan(500);
    expect(execute({ query: LONG }, length - 1)).toBeNull();
    expect(execute({ query: LONG }, 20 * length)?.text).toHaveLength(length);
  });

  it('includes its text, which the response may repeat', () => {
    const { operations, execute } = createOperations();
    const [short, long] = ['a', 'a'.repeat(2000)].map((alias) => `{ ${alias}: gpuAvailability { totalCount } }`);
    for (const query of [short, long]) {
      operations.add({ query: String(query), operationName: undefined }, {});
    }
    expect(execute({ query: short }, 2000)).not.toBeNull();
    expect(execute({ query: long }, 2000)).toBeNull();
  });

  it('must not exceed the limits that apply to every operation', () => {
    const limits = { maxUpstreamRequests: 100, maxRows: 100_000, maxBytes: 100 };
    expect(createOperations({ limits }).run(LONG)).toBeNull();
    const twice =
      '{ a: gpuAvailability { totalCount } b: gpuAvailability { totalCount } c: gpuAvailability { totalCount } }';
    expect(createOperations({ limits: { ...limits, maxBytes: 10_000, maxRows: 1 } }).run(twice)).toBeNull();
    expect(createOperations({ limits: { ...limits, maxBytes: 10_000 } }).run(twice)).not.toBeNull();
  });

  it('must not exceed 5000 cells and 2 MB, because a larger operation would block the event loop for too long', () => {
    const gpuTypes = many(50, 'GPU').map((id) => gpuTypeOf({ id, displayName: id }));
    const { run } = createOperations({ gpuTypes, dataCenters: many(40, 'DC').map(dataCenterOf) });
    const fields = (count: number) =>
      many(count, '').map((_none, index) => `a${index}: gpuAvailability { totalCount }`);
    expect(run(`{ ${fields(2).join(' ')} }`)).not.toBeNull();
    expect(run(`{ ${fields(3).join(' ')} }`)).toBeNull();
    const rows = (count: number) =>
      `{ gpuAvailability(first: ${count}) { nodes { ${many(40, '')
        .map((_none, index) => `long_alias_of_the_id_${index}: id`)
        .join(' ')} } } }`;
    expect(run(rows(100)).gpuAvailability.nodes).toHaveLength(100);
    expect(run(rows(2000))).toBeNull();
  });
});
