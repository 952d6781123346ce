import { describe, expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

const { ask } = createGateway();

describe('bad input', () => {
  it.each([
    ['an unknown GPU type, naming the nearest', 'gpuType: "GTX 4090"', /RTX 4090/],
    ['an unknown data center', 'filter: { dataCenterIds: ["EU-RO-9"] }', /EU-RO-1/],
    ['an unknown GPU type id in the filter', 'filter: { gpuTypeIds: ["RTX 4090"] }', /NVIDIA GeForce RTX 4090/],
    ['a gpuCount of 0', 'gpuCount: 0', /1 to 16/],
    ['a gpuCount of 17', 'gpuCount: 17', /1 to 16/],
    ['first below 1', 'first: 0', /1 or more/],
    ['a country code of three letters', 'filter: { countryCodes: ["ROU"] }', /two letters/],
    ['a country code that nobody has', 'filter: { countryCodes: ["ZZ"] }', /two letters/],
    ['minStock NONE', 'filter: { minStock: NONE }', /LOW, MEDIUM or HIGH/],
    ['minStock UNKNOWN', 'filter: { minStock: UNKNOWN }', /LOW, MEDIUM or HIGH/],
  ])('refuses %s', async (_what, args, message) => {
    const { errors, data } = await ask(`{ gpuAvailability(${args}) { totalCount } }`);
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.message).toMatch(message);
  });

  it.each([
    ['a variable of another type', 'query ($count: Int!) { gpuAvailability(gpuCount: $count) { totalCount } }', 'two'],
    ['a variable left out', 'query ($count: Int!) { gpuAvailability(gpuCount: $count) { totalCount } }', undefined],
    ['null where it cannot be', 'query ($count: Int) { gpuAvailability(gpuCount: $count) { totalCount } }', null],
    ['a misspelt region', 'query ($count: Region) { dataCenters(region: $count) { id } }', 'EUROPA'],
  ])('refuses %s', async (_what, query, count) => {
    const { errors, data } = await ask(query, { count });
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it.each([
    ['GRAPHQL_PARSE_FAILED', '{ gpuTypes'],
    ['GRAPHQL_VALIDATION_FAILED', '{ gpuTypes { nodeGroupDatacenters } }'],
    ['GRAPHQL_VALIDATION_FAILED', '{ gpuAvailability(first: "1") { totalCount } }'],
    ['GRAPHQL_VALIDATION_FAILED', 'mutation { rent }'],
  ])('is told by %s: %s', async (code, query) => {
    const { errors } = await ask(query);
    expect(errors).toMatchObject([{ extensions: { code } }]);
  });

  it('answers null for an unknown id', async () => {
    const { data } = await ask('{ gpuType(id: "rtx 4090") { id } dataCenter(id: "eu-ro-1") { id } }');
    expect(data).toEqual({ gpuType: null, dataCenter: null });
  });
});
