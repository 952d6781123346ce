import * as fc from 'fast-check';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBudget, type OperationLimits } from '../src/loaders/budget.ts';
import { anyOperation } from './support/any-operation.ts';
import type { createGateway } from './support/gateway.ts';

let spent = 0;
let handler: ReturnType<typeof createGateway>['handler'];

beforeAll(async () => {
  // Replaces the budget, which limits the cost of an operation, by one that also adds up the bytes that operations spend. Only the gateway
  // of this test file uses it. Test files share loaded modules, so the modules are reset before and after.
  vi.resetModules();
  vi.doMock('../src/loaders/budget.ts', () => ({
    createBudget(limits: OperationLimits) {
      const budget = createBudget(limits);
      const spendBytes = (count: number) => {
        spent += count;
        budget.spendBytes(count);
      };
      return { ...budget, spendBytes };
    },
  }));
  const support = await import('./support/gateway.ts');
  ({ handler } = support.createGateway());
});

afterAll(() => {
  vi.doUnmock('../src/loaders/budget.ts');
  vi.resetModules();
});

/** Returns the text of the response to a query, its size in bytes, and the size that the gateway estimated for it. */
async function measure(query: string, accept = 'application/json') {
  spent = 0;
  const headers = { 'content-type': 'application/json', accept };
  const body = JSON.stringify({ query });
  const response = await handler.fetch('http://gateway.invalid/graphql', { method: 'POST', headers, body });
  const text = await response.text();
  return { text, real: Buffer.byteLength(text), expected: spent };
}

const EVERY_FIELD = `id gpuCount available stock availableGpuCounts spotObservedAt observedAt stale
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
  onDemandPrice { perGpu perPod } spotPrice { perGpu perPod }`;
const ALL = 'filter: { includeUnavailable: true }';

describe('the estimated size of a response', () => {
  it.each([
    ['every field of every cell', `{ gpuAvailability(${ALL}) { nodes { ${EVERY_FIELD} } totalCount } }`, 3],
    ['one field of every cell', `{ gpuAvailability(${ALL}) { nodes { stock } } }`, 2],
    ['long aliases', `{ gpuAvailability(${ALL}) { nodes { ${'a'.repeat(128)}: stock } } }`, 1.2],
    ['fragments', `{ gpuTypes { ...A ...A } } fragment A on GpuType { id b: id ... { id } displayName }`, 3],
    ['nested availability fields', `{ gpuTypes { availability(${ALL}) { nodes { dataCenter { id name } } } } }`, 3],
    [
      'entities',
      '{ _entities(representations: [{ __typename: "GpuType", id: "NVIDIA L4" }]) { __typename ... on GpuType { displayName } } }',
      4,
    ],
    ['the SDL of the subgraph', '{ _service { sdl } }', 1.1],
    ['the introspected schema', getIntrospectionQuery(), 2.5],
  ])('is near the real size for %s', async (_what, query, factor) => {
    const { text, real, expected } = await measure(query);
    expect(JSON.parse(text).errors).toBeUndefined();
    expect(expected).toBeGreaterThanOrEqual(real);
    expect(expected).toBeLessThan(real * factor + 200);
  });

  it.each([
    ['@defer', `{ gpuAvailability(${ALL}) { nodes { ... @defer(label: "${'é'.repeat(1000)}") { stock } } } }`, 1.3],
    ['@stream', `{ gpuAvailability(${ALL}) { nodes @stream { ${'a'.repeat(128)}: stock } } }`, 4],
  ])('counts the parts of %s', async (_what, query, factor) => {
    const { real, expected } = await measure(query, 'multipart/mixed');
    expect(real).toBeGreaterThan(100_000);
    expect(expected).toBeGreaterThanOrEqual(real);
    expect(expected).toBeLessThan(real * factor);
  });

  it('is at least the real size and at most five times the real size, for any operation', {
    timeout: 120_000,
  }, async () => {
    let answered = 0;
    const property = fc.asyncProperty(anyOperation, async (query) => {
      const { text, real, expected } = await measure(query);
      if (!text.startsWith('{"data"') || text.includes('"errors"')) return;
      answered += 1;
      expect(expected).toBeGreaterThanOrEqual(real);
      expect(expected).toBeLessThan(real * 5 + 5000);
    });
    await fc.assert(property, { numRuns: 2000, seed: 20_251_114, endOnFailure: true });
    expect(answered).toBeGreaterThan(300);
  });
});
