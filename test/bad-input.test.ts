import { describe, expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

const { ask, handler, logged } = createGateway();
const INVALID = 'GRAPHQL_VALIDATION_FAILED';

describe('bad input', () => {
  it.each([
    ['an unknown GPU type (the message names the nearest types)', 'gpuType: "GTX 4090"', /RTX 4090/],
    ['a GPU type that resembles no other (the message names all types)', 'gpuType: "!!!"', /A100 PCIe.*RTX 4090/],
    ['a GPU type without a name', 'gpuType: " "', /A100 PCIe/],
    ['an unknown data center', 'filter: { dataCenterIds: ["EU-RO-9"] }', /EU-RO-1/],
    ['an unknown GPU type id in the filter', 'filter: { gpuTypeIds: ["RTX 4090"] }', /NVIDIA GeForce RTX 4090/],
    ['a gpuCount of 0', 'gpuCount: 0', /1 to 16/],
    ['a gpuCount of 17', 'gpuCount: 17', /1 to 16/],
    ['first below 1', 'first: 0', /1 or more/],
    ['a negative amount of memory', 'filter: { minMemoryGb: -1 }', /minMemoryGb is -1; it must be 0 or more/],
    ['a negative price', 'filter: { maxPricePerGpuHour: -0.01 }', /maxPricePerGpuHour is -0.01; it must be 0 or more/],
    ['a nameContains that is too long', `filter: { nameContains: "${'x'.repeat(101)}" }`, /limit is 100/],
    ['a country code of three letters', 'filter: { countryCodes: ["ROU"] }', /two letters/],
    ['a country code that does not exist', 'filter: { countryCodes: ["ZZ"] }', /two letters/],
    ['minStock NONE', 'filter: { minStock: NONE }', /LOW, MEDIUM or HIGH/],
    ['minStock UNKNOWN', 'filter: { minStock: UNKNOWN }', /LOW, MEDIUM or HIGH/],
  ])('is refused: %s', async (_what, args, message) => {
    const { errors, data } = await ask(`{ gpuAvailability(${args}) { totalCount } }`);
    expect(data).toEqual({ gpuAvailability: null });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toMatch(message);
  });

  it.each([
    [
      'a variable of the wrong type',
      '($count: Int!) { gpuAvailability(gpuCount: $count) { totalCount } }',
      'two',
      INVALID,
    ],
    ['a missing variable', '($count: Int!) { gpuAvailability(gpuCount: $count) { totalCount } }', undefined, INVALID],
    ['a misspelt region', '($count: Region) { dataCenters(region: $count) { id } }', 'EUROPA', INVALID],
    [
      'null for an argument',
      '($count: Int) { gpuAvailability(gpuCount: $count) { totalCount } }',
      null,
      'BAD_USER_INPUT',
    ],
  ])('is refused: %s', async (_what, query, count, code) => {
    const { errors, data } = await ask(`query ${query}`, { count });
    expect(Object.values(data ?? {})).not.toContainEqual(expect.anything());
    expect(errors).toMatchObject([{ extensions: { code } }]);
  });

  const literal = (region: string) => [`{ dataCenters(region: ${region}) { id } }`, {}] as const;
  const variable = (region: string) =>
    ['query ($region: Region) { dataCenters(region: $region) { id } }', { region }] as const;
  const listed = (region: string) =>
    [
      'query ($filter: GpuAvailabilityFilter) { gpuAvailability(filter: $filter) { totalCount } }',
      { filter: { regions: [region] } },
    ] as const;

  it.each([
    [literal('EU'), '"EUROPE"?'],
    [literal('"eu"'), '"EUROPE"?'],
    [literal('NA'), '"NORTH_AMERICA"?'],
    [literal('USA'), '"NORTH_AMERICA"?'],
    [literal('APAC'), '"ASIA" or "OCEANIA"?'],
    [literal('EUROPA'), '"EUROPE"?'],
    [variable('EU'), '"EUROPE"?'],
    [variable('us'), '"NORTH_AMERICA"?'],
    [listed('EU'), '"EUROPE"?'],
  ])('is refused with a suggestion if a region is abbreviated or misspelt: %j', async ([query, variables], hint) => {
    const { errors } = await ask(query, variables);
    expect(errors).toMatchObject([{ extensions: { code: INVALID } }]);
    expect(errors?.[0]?.message.endsWith(`Did you mean the enum value ${hint}`)).toBe(true);
  });

  it.each([
    ['GRAPHQL_PARSE_FAILED', '{ gpuTypes'],
    ['GRAPHQL_VALIDATION_FAILED', '{ gpuTypes { nodeGroupDatacenters } }'],
    ['GRAPHQL_VALIDATION_FAILED', '{ gpuAvailability(first: "1") { totalCount } }'],
    ['GRAPHQL_VALIDATION_FAILED', 'mutation { rent }'],
  ])('is reported as %s: %s', async (code, query) => {
    const { errors } = await ask(query);
    expect(errors).toMatchObject([{ extensions: { code } }]);
  });

  it('is not repeated in the message if the body is not JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: `{"query":"${'x'.repeat(1000)}` };
    const response = await handler.fetch('http://gateway.invalid/graphql', request);
    const message = 'The body is not valid JSON.';
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  });

  it.each([
    ['query ($count: Int!) { gpuAvailability(gpuCount: $count) { totalCount } }', 'application/json', 200],
    [
      'query ($count: Int!) { gpuAvailability(gpuCount: $count) { totalCount } }',
      'application/graphql-response+json',
      400,
    ],
    ['{ gpuAvailability(gpuCount: 17) { totalCount } }', 'application/json', 200],
    ['{ gpuAvailability(gpuCount: 17) { totalCount } }', 'application/graphql-response+json', 200],
  ])('has the right status: %s as %s gets HTTP %i', async (query, accept, status) => {
    const headers = { accept, 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify({ query }) };
    expect((await handler.fetch('http://gateway.invalid/graphql', request)).status).toBe(status);
  });

  it.each([
    ['a list', 'gpuTypeIds', Array(50_000).fill(null)],
    ['an object', 'filter', { long: 'x'.repeat(100_000), ...Object.fromEntries(Array(100).fill(1).entries()) }],
  ])('causes at most ten errors per variable and a final error, all of them short: %s', async (_what, name, value) => {
    const filter = name === 'filter' ? value : { [name]: value };
    const query = 'query ($filter: GpuAvailabilityFilter) { gpuAvailability(filter: $filter) { totalCount } }';
    const { errors } = await ask(query, { filter });
    expect(errors).toHaveLength(11);
    expect(errors?.every(({ extensions }) => extensions.code === INVALID)).toBe(true);
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  });

  it.each(['regions: [EUROPE]', 'compliance: ["x"]', 'dataCenterIds: ["EU-RO-1"]', 'gpuTypeIds: ["NVIDIA L4"]'])(
    'is refused if it is a list of more than 200 values: %s',
    async (condition) => {
      const list = condition.replace(/\[(.*)\]/, (_, one) => `[${Array(201).fill(one).join(', ')}]`);
      const { errors } = await ask(`{ gpuAvailability(filter: { ${list} }) { totalCount } }`);
      expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
    },
  );

  it('is refused: a negative amount of memory in a query for GPU types', async () => {
    const { errors, data } = await ask('{ gpuTypes(minMemoryGb: -1) { id } dataCenter(id: "EU-RO-1") { id } }');
    expect(data).toEqual({ gpuTypes: null, dataCenter: { id: 'EU-RO-1' } });
    expect(errors).toMatchObject([
      { message: 'minMemoryGb is -1; it must be 0 or more.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('is not logged as a fault', () => {
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('is answered with null if it is an unknown id', async () => {
    const { data } = await ask('{ gpuType(id: "rtx 4090") { id } dataCenter(id: "eu-ro-1") { id } }');
    expect(data).toEqual({ gpuType: null, dataCenter: null });
  });
});
