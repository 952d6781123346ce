import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyOperation } from './support/any-operation.ts';
import { createGateway } from './support/gateway.ts';

const OPERATIONS = 10_000;
const ADDRESS = 'http://gateway.invalid/graphql';

/**
 * Generates values for the variables of an operation. Some values have keys that would change the prototype of all objects if code copied
 * the keys carelessly.
 */
const variables = fc.oneof(
  fc.dictionary(fc.constantFrom('v', 'w', '__proto__', 'constructor'), fc.jsonValue(), { noNullPrototype: true }),
  fc.constant({ v: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') }),
  fc.jsonValue(),
);

function post(
  handler: ReturnType<typeof createGateway>['handler'],
  body: string,
  headers: Record<string, string> = {},
) {
  const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  return Promise.resolve(handler.fetch(ADDRESS, request));
}

describe('any request', () => {
  it(`gets data or an error with a code, for ${OPERATIONS} random operations that follow the grammar`, {
    timeout: 300_000,
  }, async () => {
    const tally = new Map<string, number>();
    const { handler, logged } = createGateway();
    const property = fc.asyncProperty(anyOperation, variables, async (query, values) => {
      const response = await post(handler, JSON.stringify({ query, variables: values }));
      expect(response.status).toBeLessThan(500);
      const { data, errors } = await response.json();
      const outcome = errors?.[0].extensions?.code ?? 'data';
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
      expect(data !== undefined || errors.length > 0).toBe(true);
      for (const { extensions } of errors ?? []) expect(extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
      expect(Object.prototype).not.toHaveProperty('polluted');
    });
    await fc.assert(property, { numRuns: OPERATIONS, seed: 20_251_114, endOnFailure: true });
    // The test would prove little if the gateway executed hardly any of the random operations.
    expect(tally.get('data')).toBeGreaterThan(OPERATIONS / 10);
    expect(tally.get('BAD_USER_INPUT')).toBeGreaterThan(OPERATIONS / 100);
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('gets a status below 500, whatever its body', async () => {
    const { handler, logged } = createGateway();
    const bodies = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((query) => JSON.stringify({ query })),
    );
    const property = fc.asyncProperty(bodies, async (body) => {
      expect((await post(handler, body)).status).toBeLessThan(500);
    });
    await fc.assert(property, { numRuns: 500 });
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('gets a status below 500 for variables nested 100,000 levels deep', async () => {
    const { handler } = createGateway();
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const body = `{"query":"query ($v: [_Any!]!) { _entities(representations: $v) { __typename } }","variables":{"v":${deep}}}`;
    expect((await post(handler, body)).status).toBeLessThan(500);
  });

  it('gets a status below 500 for odd methods, headers and query strings', async () => {
    const { handler, logged } = createGateway();
    const odd: [string, RequestInit][] = [
      ['?query=%', {}],
      ['?query={gpuTypes{id}}&variables={', {}],
      ['?query={gpuTypes{id}}&variables=x', {}],
      ['?extensions={bad', {}],
      ['?query={gpuTypes{id}}&extensions=[]', {}],
      ['?query=mutation{x}', {}],
      ['', { method: 'PUT', body: 'x' }],
      ['', { method: 'DELETE' }],
      ['', { method: 'HEAD' }],
      ['', { method: 'OPTIONS' }],
      ['?query={__typename}', { headers: { accept: 'image/png' } }],
      ['?query={__typename}', { headers: { accept: 'text/event-stream' } }],
      ['?query={__typename}', { headers: { 'if-none-match': '"'.repeat(5000) } }],
    ];
    for (const [query, init] of odd) {
      const { status } = await handler.fetch(`${ADDRESS}${query}`, init);
      expect([query, init.method, status < 500]).toEqual([query, init.method, true]);
    }
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});
