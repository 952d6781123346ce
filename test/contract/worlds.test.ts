import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forms, SOURCES, USUAL } from '../support/sources.ts';
import { indexStock, podPrice, type World } from '../support/world.ts';
import type { GraphQLForm } from '../support/world-graphql.ts';
import { DOCUMENTED, type RestForm } from '../support/world-rest.ts';
import { anyWorld, scarceWorld } from '../support/worlds.ts';

const MATRIX = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id } available stock onDemandPrice { perGpu perPod } spotPrice { perPod } }
  coverage { complete expected observed failed } } }`;

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
  readonly stock: string;
  readonly spotPrice: object | null;
}

type SourceName = keyof typeof SOURCES;

const NAMES = Object.keys(SOURCES) as SourceName[];

/** Sorts rows by GPU type and data center, because their order depends on the source. */
const ordered = <Cell extends Pick<Row, 'gpuType' | 'dataCenter'>>(rows: readonly Cell[]) =>
  rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = ({ gpuType, dataCenter }: Pick<Row, 'gpuType' | 'dataCenter'>) =>
  JSON.stringify([gpuType.id, dataCenter.id]);

/**
 * Returns the rows that a gateway must report for `world`, a generated state of RunPod. A recording has no stock levels for pods with more
 * than one GPU. So a gateway that answers from a recording reports the stock of such pods as UNKNOWN.
 */
function truthOf(world: World, gpuCount: number, name: SourceName) {
  const levelOf = indexStock(world);
  return world.gpuTypes.flatMap((gpuType) =>
    world.dataCenters.map(({ id }) => {
      const level = levelOf(gpuType.id, id, gpuCount);
      const available = level !== 'NONE';
      const perGpu = gpuType.price.secure;
      return {
        gpuType: { id: gpuType.id },
        dataCenter: { id },
        available,
        stock: available && name === 'RECORDED' && gpuCount > 1 ? 'UNKNOWN' : level,
        onDemandPrice: available ? { perGpu, perPod: podPrice(perGpu, gpuCount) } : null,
      };
    }),
  );
}

/**
 * Expects that a gateway reports exactly the rows of `world`, a generated state of RunPod, and no failed cells. Tests each of the pod sizes
 * `gpuCounts`.
 */
async function expectTruth(world: World, name: SourceName, forms: Forms, gpuCounts: readonly number[]) {
  await using source = await SOURCES[name](world, forms);
  for (const gpuCount of gpuCounts) {
    const { data, errors } = await source.gateway.ask(MATRIX, { gpuCount });
    expect(errors).toBeUndefined();
    const { nodes, coverage } = data.gpuAvailability;
    const rows = (nodes as Row[]).map(({ spotPrice: _spotPrice, ...row }) => row);
    expect(ordered(rows)).toEqual(ordered(truthOf(world, gpuCount, name)));
    const cells = world.gpuTypes.length * world.dataCenters.length;
    expect(coverage).toEqual({ complete: true, expected: cells, observed: cells, failed: 0 });
    if (name === 'RUNPOD_GRAPHQL') expectSpot(nodes, forms.graphql);
  }
}

/**
 * Checks how many rows have a spot price. In answers of RunPod in the format of 2025, every row in stock has one. In the format of 2026, no
 * row has one, because no bid is below the on-demand price.
 */
function expectSpot(rows: readonly Row[], { year }: GraphQLForm) {
  const offers = rows.filter(({ spotPrice }) => spotPrice !== null);
  expect(offers).toHaveLength(year === 2026 ? 0 : rows.filter(({ stock }) => stock !== 'NONE').length);
}

const REST_FORMS: Record<string, RestForm> = {
  'the documented form': DOCUMENTED,
  'empty lists for sold-out types': { ...DOCUMENTED, soldOut: 'empty list' },
  'data centers that are listed with NONE': { ...DOCUMENTED, without: 'NONE' },
  'an overall level that lags behind': { ...DOCUMENTED, overall: 'lags behind' },
  'no types without pods of the requested size': { ...DOCUMENTED, types: 'left out' },
};

const GRAPHQL_FORMS: Record<string, GraphQLForm> = {
  'objects of nulls in the form of 2026': { nothing: 'nulls', year: 2026 },
  'null objects in the form of 2026': { nothing: 'null', year: 2026 },
  'objects of nulls in the form of 2025': { nothing: 'nulls', year: 2025 },
  'null objects in the form of 2025': { nothing: 'null', year: 2025 },
};

describe('a world in which most GPUs are sold out', () => {
  const world = scarceWorld();

  it.each(NAMES)('is reported to clients unchanged and complete from %s', (name) =>
    expectTruth(world, name, USUAL, [1, 8]),
  );

  it.each(Object.entries(REST_FORMS))(
    'is reported to clients from the REST API if its answers have %s',
    (_form, rest) => expectTruth(world, 'RUNPOD_REST', { ...USUAL, rest }, [1, 8]),
  );

  it.each(Object.entries(REST_FORMS))(
    'is reported to clients from both APIs if the answers of the REST API have %s',
    (_form, rest) => expectTruth(world, 'both APIs', { ...USUAL, rest }, [1, 8]),
  );

  it.each(Object.entries(GRAPHQL_FORMS))(
    'is reported to clients from the GraphQL API if its answers have %s',
    (_form, graphql) => expectTruth(world, 'RUNPOD_GRAPHQL', { ...USUAL, graphql }, [1, 8]),
  );
});

describe('any world', () => {
  const anyForms: fc.Arbitrary<Forms> = fc.record({
    rest: fc.record({
      soldOut: fc.constantFrom('left out' as const, 'empty list' as const),
      without: fc.constantFrom('left out' as const, 'NONE' as const),
      overall: fc.constantFrom('best' as const, 'lags behind' as const),
      types: fc.constantFrom('listed' as const, 'left out' as const),
    }),
    graphql: fc.record({
      nothing: fc.constantFrom('nulls' as const, 'null' as const),
      year: fc.constantFrom(2025 as const, 2026 as const),
    }),
  });

  it.each(NAMES)('is reported to clients unchanged and complete from %s, in every form of answers', async (name) => {
    const property = fc.asyncProperty(anyWorld, anyForms, (world, forms) => expectTruth(world, name, forms, [1, 2, 8]));
    await fc.assert(property, { numRuns: 25, seed: 20_261_128 });
  });
});
