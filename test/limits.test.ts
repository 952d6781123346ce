import { readdirSync, readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';

const gateway = createGateway();

async function post(body: object, { handler } = gateway) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await handler.fetch('http://gateway.invalid/graphql', request);
  return { status: response.status, body: await response.text() };
}

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const nested = (depth: number) =>
  `${'gpuType { availability { nodes { '.repeat(depth)} stock ${'} } } '.repeat(depth)}`;

describe('an operation that exceeds a limit', () => {
  it.each([
    ['on tokens', `{ ${repeat(2100, () => '__typename')} }`],
    ['on depth', `{ gpuAvailability { nodes { ${nested(4)} } } }`],
    [
      'on depth, if it is exceeded in fragments',
      `{ gpuTypes { ...A } } ${repeat(6, (i) => `fragment ${'ABCDEF'[i]} on GpuType { availability { nodes { gpuType { ${i < 5 ? `...${'BCDEF'[i]}` : 'id'} } } } }`)}`,
    ],
    ['on aliases', `{ ${repeat(51, (i) => `a${i}: upstream { source }`)} }`],
    ['on directives', `{ upstream { source ${repeat(51, () => '@include(if: true)')} } }`],
    ['on cost', `{ ${repeat(20, (i) => `a${i}: gpuAvailability { nodes { ${nested(3)} } }`)} }`],
    [
      'on the length of lists',
      `{ gpuAvailability(filter: { countryCodes: [${repeat(201, () => '"RO"')}] }) { totalCount } }`,
    ],
    ...['{ NAME: __typename }', 'query NAME { __typename }', '{ ...NAME } fragment NAME on Query { __typename }'].map(
      (query): [string, string] => ['on the length of names', query.replaceAll('NAME', 'a'.repeat(129))],
    ),
    ['on the length of names of variables', `query ($${'a'.repeat(129)}: Int) { __typename }`],
    [
      'on rows',
      '{ gpuAvailability(filter: { includeUnavailable: true }) { nodes { gpuType { availability { totalCount } } } } }',
    ],
  ])('is refused by the limit %s', async (_limit, query) => {
    const { status, body } = await post({ query });
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
    expect(body).not.toContain('Syntax Error');
  });

  it('is refused over server-sent events', async () => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const body = JSON.stringify({ query: `{ ${'a'.repeat(129)}: __typename }` });
    const response = await gateway.handler.fetch('http://gateway.invalid/graphql', { method: 'POST', headers, body });
    expect(await response.text()).toContain('"code":"OPERATION_TOO_COMPLEX"');
  });

  it('is refused if it is sent in an array of operations', async () => {
    expect((await post([{ query: '{ upstream { source } }' }])).status).toBe(400);
  });

  it.each([
    ['the introspection query of GraphiQL', getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true })],
    ['one with a name of 128 characters', `{ ${'a'.repeat(128)}: __typename }`],
    ['one with the greatest possible first', '{ gpuAvailability(first: 2147483647) { nodes { stock } } }'],
    [
      'one with the greatest possible first in a fragment',
      '{ ...F } fragment F on Query { gpuAvailability(first: 2147483647) { nodes { stock } } }',
    ],
    ...readdirSync('operations/graphiql').map((file) => [file, readFileSync(`operations/graphiql/${file}`, 'utf8')]),
    [
      'one for every cell of every data center',
      '{ dataCenters { id availability(filter: { includeUnavailable: true }) { nodes { gpuType { id displayName } stock } } } }',
    ],
  ])('is not %s', async (_what, query) => {
    const { status, body } = await post({ query });
    expect([status, JSON.parse(body).errors]).toEqual([200, undefined]);
  });
});

describe('an operation that needs too many upstream requests', () => {
  const sixteen = `{ ${repeat(16, (i) => `a${i}: gpuAvailability(gpuCount: ${i + 1}) { totalCount }`)} }`;

  it('is refused before the gateway requests more than the lists from RunPod', async () => {
    await using runPod = await startFakeRunPod();
    const { status, body } = await post({ query: sixteen }, connect(runPod.url));
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
    expect(runPod.count('LowestPrices')).toBe(0);
  });

  const counts = (from: number, to: number) =>
    repeat(to - from + 1, (i) => `a${i}: availability(gpuCount: ${from + i}) { totalCount }`);

  it.each([
    ['GPU types of rows', `{ gpuAvailability { nodes { gpuType { ${counts(2, 6)} } } } }`],
    ['data centers of nested rows', `{ gpuTypes { availability { nodes { dataCenter { ${counts(2, 6)} } } } } }`],
    [
      'data centers of some rows',
      `{ gpuAvailability(filter: { minMemoryGb: 48 }) { nodes { dataCenter { ${counts(2, 6)} } } } }`,
    ],
    [
      'rows, with default values of variables',
      `query (${repeat(5, (i) => `$c${i}: Int! = ${i + 2},`)} $yes: Boolean! = true) { gpuAvailability { nodes { gpuType @include(if: $yes) {
        ${repeat(5, (i) => `a${i}: availability(gpuCount: $c${i}) { totalCount }`)} } } } }`,
    ],
    [
      'rows, beside a field that fails',
      `{ gpuType(id: "NVIDIA L4") { availability(gpuCount: 0) { totalCount } } gpuAvailability { nodes { gpuType { ${counts(2, 6)} } } } }`,
    ],
    ['fragments', `{ gpuAvailability { nodes { gpuType { ...F } } } } fragment F on GpuType { ${counts(2, 6)} }`],
    [
      'options of a placement',
      `{ placement(needs: { gpuCount: 1 }) { options { availability { dataCenter { ${counts(2, 6)} } } } } }`,
    ],
    [
      'exclusions of a placement',
      `{ placement(needs: { gpuTypeIds: ["NVIDIA L4"] }) { excluded { gpuType { ${counts(2, 6)} } } } }`,
    ],
    ['failures', `{ gpuAvailability { coverage { failures { gpuType { ${counts(2, 6)} } } } } }`],
  ])('is refused before availability is requested if the fields in %s need the requests', async (_where, query) => {
    await using runPod = await startFakeRunPod();
    const { status, body } = await post({ query }, connect(runPod.url));
    expect([status, JSON.parse(body)]).toMatchObject([
      400,
      {
        errors: [
          {
            message: expect.stringMatching(/\b2\d\d requests to RunPod/),
            extensions: { code: 'OPERATION_TOO_COMPLEX' },
          },
        ],
      },
    ]);
    expect(runPod.count('LowestPrices')).toBe(0);
  });

  it.each([
    ['of one gpuType', `{ gpuType(id: "NVIDIA L4") { availability { nodes { gpuType { ${counts(2, 16)} } } } } }`],
    [
      'of one GPU type in gpuAvailability',
      `{ gpuAvailability(gpuType: "L4") { nodes { gpuType { ${counts(2, 16)} } } } }`,
    ],
    [
      'of entities',
      `{ _entities(representations: [{ __typename: "GpuType", id: "NVIDIA L4" }]) { ... on GpuType { availability { nodes { gpuType { ${counts(2, 6)} } } } } } }`,
    ],
    [
      'of the options of a placement for one GPU type',
      `{ placement(needs: { gpuTypeIds: ["NVIDIA L4"] }) { options { availability { gpuType { ${counts(2, 16)} } } } } }`,
    ],
    ['for one pod size', '{ gpuAvailability { nodes { gpuType { availability(gpuCount: 2) { totalCount } } } } }'],
    ['that are skipped', `{ gpuAvailability { nodes { gpuType @skip(if: true) { ${counts(2, 6)} } stock } } }`],
  ])('does not count as such if its availability fields are in rows %s', async (_what, query) => {
    await using runPod = await startFakeRunPod();
    const { status, body } = await post({ query }, connect(runPod.url));
    expect([status, JSON.parse(body).errors]).toEqual([200, undefined]);
  });

  it('gets HTTP 400 with the data of its other fields, as does an operation with a list that is too long', async () => {
    const tooLong = repeat(201, () => '"RO"');
    const query = `{ bad: gpuAvailability(gpuCount: 99) { totalCount } gpuAvailability(filter: { countryCodes: [${tooLong}] }) { totalCount } upstream { source } }`;
    const { status, body } = await post({ query });
    expect([status, JSON.parse(body)]).toMatchObject([
      400,
      { data: { bad: null, gpuAvailability: null, upstream: { source: 'RECORDED' } } },
    ]);
    const codes = JSON.parse(body).errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code);
    expect(codes.toSorted()).toEqual(['BAD_USER_INPUT', 'OPERATION_TOO_COMPLEX']);
  });

  it('does not count as such if its data is in memory', async () => {
    await using runPod = await startFakeRunPod();
    // With this long time-out, the gateway aborts no slow request in favour of waiting requests, even on a busy machine.
    const live = connect(runPod.url, { MAX_UPSTREAM_PER_OPERATION: '50', UPSTREAM_TIMEOUT_MS: '100000' });
    for (const gpuCount of [1, 2]) {
      const { data } = await live.ask(`{ gpuAvailability(gpuCount: ${gpuCount}) { coverage { complete } } }`);
      expect(data.gpuAvailability.coverage.complete).toBe(true);
    }
    const both = '{ a: gpuAvailability(gpuCount: 1) { totalCount } b: gpuAvailability(gpuCount: 2) { totalCount } }';
    expect((await live.ask(both)).errors).toBeUndefined();
    const third = '{ a: gpuAvailability(gpuCount: 3) { totalCount } b: gpuAvailability(gpuCount: 4) { totalCount } }';
    const refused = { extensions: { code: 'OPERATION_TOO_COMPLEX' } };
    expect(await live.ask(third)).toMatchObject({ data: { a: null, b: null }, errors: [refused, refused] });
    expect(runPod.count('LowestPrices')).toBe(82);
  });
});
