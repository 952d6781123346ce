import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { compareWorlds, type World } from '../src/cli/comparison.ts';
import type { Cell } from '../src/domain/observation.ts';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { killAll, program, start } from './support/start.ts';
import { inStock } from './support/stock.ts';

afterEach(killAll);

/**
 * Runs `npm run compare` against stand-ins for both APIs. Both report the same stock, with one exception: in the first `moved` data
 * centers, the GraphQL API reports a low stock of the L4.
 */
async function compare(
  args: readonly string[],
  { moved = 0, key = KEY, env: added = {} }: { moved?: number; key?: string; env?: Record<string, string> } = {},
) {
  await using runPod = await startFakeRunPod();
  await using rest = await startFakeRest();
  const { dataCenters } = JSON.parse(
    await (await fetch(`${rest.url}/catalog/datacenters`, { headers: { authorization: `Bearer ${KEY}` } })).text(),
  );
  for (const { id } of dataCenters.slice(0, moved)) runPod.stock.set('NVIDIA L4', id, inStock('Low', 0.43));
  const urls = { RUNPOD_GRAPHQL_URL: runPod.url, RUNPOD_REST_URL: rest.url };
  const env = { RUNPOD_API_KEY: key, ...urls, UPSTREAM_RETRIES: '0', ...added };
  const { exit, lines, stderr } = start(env, program('cli', 'compare', ...args));
  return { exit: await exit, out: lines.join('\n'), err: stderr.join(''), asked: runPod.seen.length };
}

describe('npm run compare', () => {
  it('finds no difference between two APIs that report the same stock', async () => {
    const { exit, out, err } = await compare([]);
    expect(out).toMatch(
      /^1599 cells were observed in both APIs\. Of these, 0 are in stock only in the GraphQL API, and 0 only in the REST API\.\n0 cells could not .* In all, 0\.00 % disagree\.$/m,
    );
    expect(out).toContain('Stock: no difference');
    expect(err).toMatch(/^reading the lists .*\n(?:(?:graphql|rest): \d+ of \d+ requests\n)+$/);
    expect(err).toContain('graphql: 41 of 41 requests\n');
    expect(exit).toBe(0);
  });

  it('prints the differences, and exits 1 when they exceed the threshold', async () => {
    const past = await compare([], { moved: 30 });
    expect(past.exit).toBe(1);
    expect(past.out).toMatch(
      /Stock: \d+ differences\n {2}GPU type +data center +GraphQL +REST\n {2}NVIDIA L4 +AP-JP-1 +LOW +NONE\n/,
    );
    const json = await compare(['--json', '--threshold', '50'], { moved: 30 });
    expect(json.exit).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({ cells: 1599, unknown: 0, gpuTypesOnly: { a: [], b: [] } });
    expect(JSON.parse(json.out).inStockOnly).toEqual({ a: expect.any(Number), b: 0 });
    expect(JSON.parse(json.out).inStockOnly.a).toBeGreaterThan(20);
  });

  it('explains invalid options and a rejected key', async () => {
    expect(await compare(['--count', '17'])).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/^--count is "17"; it must be a number from 1 to 16\.\n/),
      asked: 0,
    });
    expect(await compare(['--count', '1.5'])).toMatchObject({ exit: 2, asked: 0 });
    expect(await compare([], { key: 'wrong' })).toMatchObject({
      exit: 1,
      err: expect.stringContaining('not authorized (HTTP 401)'),
    });
  });

  it('warns about a misspelled setting', async () => {
    const { exit, err } = await compare([], { env: { FRESH_SECOND: '5' } });
    expect(err).toMatch(/^FRESH_SECOND is not a setting; it may mean FRESH_SECONDS\n/);
    expect(exit).toBe(0);
  });

  it('asks neither API when the key is missing', async () => {
    const { exit, err, asked } = await compare([], { key: '' });
    expect(err).toMatch(/^RUNPOD_API_KEY is .*; it must be set/);
    expect([exit, asked]).toEqual([1, 0]);
  });
});

const ASKED = { askedAt: 0, observedAt: '2025-11-14T00:00:00.000Z' };

describe('the comparison with a world that reports less', () => {
  const cellsOf = (ids: readonly string[]) =>
    ids.map((dataCenterId) => ({ dataCenterId, failure: { code: 'BAD_RESPONSE' as const, message: 'no' } }));
  const whole: World = {
    gpuTypes: ['X', 'Y'].map((id) => gpuTypeOf({ id })),
    dataCenters: ['A', 'B'].map(dataCenterOf),
    observations: [],
  };

  it('counts the cells that one world could not observe, and the cells that only one world lists', () => {
    const partial = { ...whole, observations: [{ gpuTypeId: 'X', gpuCount: 1, cells: cellsOf(['A', 'B']), ...ASKED }] };
    expect(compareWorlds(whole, partial)).toMatchObject({ cells: 0, unknown: 4, oneSided: 0 });
    const less = { ...whole, gpuTypes: whole.gpuTypes.slice(0, 1) };
    expect(compareWorlds(whole, less)).toMatchObject({ unknown: 2, oneSided: 2, gpuTypesOnly: { a: ['Y'], b: [] } });
  });
});

describe('two worlds', () => {
  const IDS = ['A', 'B', 'C'];
  const anyCell = (dataCenterId: string): fc.Arbitrary<Cell> =>
    fc.oneof(
      fc.constant({ dataCenterId, failure: { code: 'TIMEOUT' as const, message: 'no' } }),
      fc
        .record({
          stock: fc.constantFrom('NONE' as const, 'LOW' as const, 'HIGH' as const),
          price: fc.option(fc.constantFrom(1, 2)),
        })
        .map(
          ({ stock, price }): Cell => ({
            dataCenterId,
            failure: null,
            ...ASKED,
            stale: false,
            available: stock !== 'NONE',
            stock,
            onDemandPrice: price === null ? null : { perGpu: price, perPod: price },
            spotPrice: null,
            availableGpuCounts: null,
            spotObservedAt: null,
            spotAskedAt: null,
            source: 'RUNPOD_GRAPHQL',
          }),
        ),
    );
  const anyWorld: fc.Arbitrary<World> = fc
    .record({
      types: fc.subarray(IDS),
      centers: fc.subarray(IDS),
      cells: fc.array(fc.tuple(...IDS.map(anyCell)), { minLength: 3, maxLength: 3 }),
    })
    .map(({ types, centers, cells }) => ({
      gpuTypes: types.map((id) => gpuTypeOf({ id })),
      dataCenters: centers.map(dataCenterOf),
      observations: types.map((gpuTypeId, index) => ({ gpuTypeId, gpuCount: 1, cells: cells[index] ?? [], ...ASKED })),
    }));

  it('have the same differences in either order, and none if they are the same world', () => {
    fc.assert(
      fc.property(anyWorld, anyWorld, (a, b) => {
        const [there, back] = [compareWorlds(a, b), compareWorlds(b, a)];
        expect([there.cells, there.unknown]).toEqual([back.cells, back.unknown]);
        expect(there.inStockOnly).toEqual({ a: back.inStockOnly.b, b: back.inStockOnly.a });
        expect(there.gpuTypesOnly).toEqual({ a: back.gpuTypesOnly.b, b: back.gpuTypesOnly.a });
        expect(there.stock.length).toBe(back.stock.length);
        const same = compareWorlds(a, a);
        expect([same.stock, same.price, same.inStockOnly, same.oneSided]).toEqual([[], [], { a: 0, b: 0 }, 0]);
      }),
    );
  });
});
