import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnyQuery, anyQuery } from '../support/any-needs.ts';
import {
  type CellTruth,
  cellName,
  judgeCells,
  type Matrix,
  type Needs,
  rankOptions,
} from '../support/placement-truth.ts';
import { createMatrices, PLACEMENT_WORLDS } from '../support/placement-worlds.ts';

const QUERY = `query ($needs: PlacementNeeds!, $prefer: PlacementPreference!) { placement(needs: $needs, prefer: $prefer, first: 100000) {
  totalCount options { totalMemoryGb availability { gpuType { id memoryGb } dataCenter { id } gpuCount stock onDemandPrice { perPod } } }
  excluded { gpuType { id } dataCenter { id } gpuCount reason message }
  relaxations { need options cheapest { perPod } } coverage { complete expected observed failed } } }`;

const COUNT = `query ($needs: PlacementNeeds!) { placement(needs: $needs, first: 1) { totalCount
  options { availability { onDemandPrice { perPod } } } } }`;

interface Option {
  readonly totalMemoryGb: number;
  readonly availability: {
    readonly gpuType: { readonly id: string; readonly memoryGb: number | null };
    readonly dataCenter: { readonly id: string };
    readonly gpuCount: number;
    readonly stock: string;
    readonly onDemandPrice: { readonly perPod: number } | null;
  };
}

interface Exclusion {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string } | null;
  readonly gpuCount: number | null;
  readonly reason: string;
  readonly message: string;
}

interface Placement {
  readonly totalCount: number;
  readonly options: readonly Option[];
  readonly excluded: readonly Exclusion[];
  readonly relaxations: readonly {
    readonly need: keyof Needs;
    readonly options: number;
    readonly cheapest: { readonly perPod: number } | null;
  }[];
  readonly coverage: {
    readonly complete: boolean;
    readonly expected: number;
    readonly observed: number;
    readonly failed: number;
  };
}

/** The correct result of a query without one of its needs (conditions). */
interface Relaxed {
  readonly need: keyof Needs;
  readonly options: number;
  readonly cheapest: number | null;
  /**
   * Whether the gateway has all rows that this result needs: each of them is in memory, or the query itself requests pods of that row's
   * size.
   */
  readonly isKnown: boolean;
}

/** A query for placement, the correct result for each cell, and the answer of the gateway. */
interface Case extends AnyQuery {
  readonly truth: readonly CellTruth[];
  /** For each need of the query that is neither null nor false, the correct result without that need. */
  readonly relaxed: readonly Relaxed[];
  readonly answer: Placement;
}

/** The reasons to exclude a cell that apply to pods of every size. */
const WHATEVER_THE_SIZE = new Set(['OTHER_GPU_TYPE', 'NOT_ON_SECURE_CLOUD', 'OTHER_DATA_CENTER']);

const ALL_REASONS = [
  ...WHATEVER_THE_SIZE,
  'TOO_LITTLE_MEMORY',
  'TOO_MANY_GPUS',
  'NOT_OBSERVED',
  'OUT_OF_STOCK',
  'STOCK_TOO_LOW',
  'NO_PRICE',
  'TOO_EXPENSIVE',
];

/**
 * The reasons for exclusion that do not occur in some worlds (states of RunPod), by the name of the world. In these worlds, RunPod answers
 * every request and quotes every price.
 */
const MISSING: Partial<Record<string, readonly string[]>> = {
  'the recording': ['NOT_OBSERVED', 'NO_PRICE'],
  'a world of 400 GPU types and 200 data centers': ['NOT_OBSERVED', 'NO_PRICE'],
};

const without = (needs: Needs, need: keyof Needs): Needs => ({ ...needs, [need]: null });

const effective = (needs: Needs) =>
  (Object.keys(needs) as (keyof Needs)[]).filter((need) => needs[need] != null && needs[need] !== false);

const countOptions = (cells: readonly CellTruth[]) => cells.filter(({ reason }) => reason === null).length;

const cheapestOf = (cells: readonly CellTruth[]) =>
  rankOptions(cells, 'CHEAPEST')[0]?.row?.onDemandPrice?.perPod ?? null;

const byNeed = <T extends { readonly need: string }>(relaxations: readonly T[]) =>
  relaxations.toSorted((a, b) => (a.need < b.need ? -1 : 1));

const nameOf = ({ gpuTypeId, dataCenterId }: CellTruth) => cellName(gpuTypeId, dataCenterId);

/** The number of random queries in each world. The three numbers add up to 500. */
const RUNS: Record<keyof typeof PLACEMENT_WORLDS, number> = {
  'the recording': 240,
  'a world with odd ids, unknown values and failures': 240,
  'a world of 400 GPU types and 200 data centers': 20,
};

describe.each(Object.keys(RUNS) as (keyof typeof RUNS)[])('the placement of random needs in %s', (world) => {
  let opened: Awaited<ReturnType<(typeof PLACEMENT_WORLDS)[typeof world]>>;
  let matrixOf: (gpuCount: number) => Promise<Matrix>;
  /** The rows of pods with one GPU. */
  let matrix: Matrix;
  const cases: Case[] = [];

  /** Returns the correct result of a query without its need `need`. `truth` contains the correct cells of the query with all its needs. */
  async function relax(needs: Needs, need: keyof Needs, truth: readonly CellTruth[]): Promise<Relaxed> {
    const cells = await judgeCells(without(needs, need), matrixOf);
    const asked = new Set(truth.filter(({ row }) => row !== null).map(({ gpuCount }) => gpuCount));
    const others = cells.filter(({ row, gpuCount }) => row !== null && !asked.has(gpuCount));
    const matrices = new Map<number, Matrix>();
    // oxlint-disable-next-line no-await-in-loop -- The matrices are in memory.
    for (const size of new Set(others.map(({ gpuCount }) => gpuCount))) matrices.set(size, await matrixOf(size));
    const isKnown = others.every((cell) => matrices.get(cell.gpuCount)?.incompleteTypes.has(cell.gpuTypeId) === false);
    return { need, options: countOptions(cells), cheapest: cheapestOf(cells), isKnown };
  }

  beforeAll(async () => {
    opened = await PLACEMENT_WORLDS[world]();
    matrixOf = createMatrices(opened.gateway);
    matrix = await matrixOf(1);
    const queries = fc.sample(anyQuery(matrix.rows), { numRuns: RUNS[world], seed: 20_261_129 });
    /* oxlint-disable no-await-in-loop -- One query after the other, so that all rows are in memory before the gateway answers. */
    for (const query of queries) {
      const truth = await judgeCells(query.needs, matrixOf);
      const relaxed: Relaxed[] = [];
      for (const need of effective(query.needs)) relaxed.push(await relax(query.needs, need, truth));
      const { data, errors } = await opened.gateway.ask(QUERY, { ...query });
      if (errors !== undefined) throw new Error(JSON.stringify({ query, errors }));
      cases.push({ ...query, truth, relaxed, answer: data.placement });
    }
    /* oxlint-enable no-await-in-loop */
  }, 170_000);

  afterAll(() => opened[Symbol.asyncDispose]());

  it('is varied: most queries have options, every reason occurs, and almost every need prevents options somewhere', () => {
    const withOptions = cases.filter(({ truth }) => countOptions(truth) > 0);
    expect(withOptions.length).toBeGreaterThan(cases.length / 2);
    const reasons = new Set(cases.flatMap(({ truth }) => truth.map(({ reason }) => reason)));
    const expected = ALL_REASONS.filter((reason) => !(MISSING[world] ?? []).includes(reason));
    expect([...reasons].filter((reason) => reason !== null).toSorted()).toEqual(expected.toSorted());
    const relaxations = new Set(cases.flatMap(({ answer }) => answer.relaxations.map(({ need }) => need)));
    expect(relaxations.size).toBeGreaterThan(cases.length > 100 ? 12 : 8);
  });

  it('has as its options exactly the cells that a brute-force search finds, in the preferred order', () => {
    for (const { needs, prefer, truth, answer } of cases) {
      const expected = rankOptions(truth, prefer).map(({ gpuTypeId, dataCenterId, gpuCount, row }) => ({
        gpuType: gpuTypeId,
        dataCenter: dataCenterId,
        gpuCount,
        stock: row?.stock,
        perPod: row?.onDemandPrice?.perPod,
        totalMemoryGb: gpuCount * (row?.gpuType.memoryGb ?? 0),
      }));
      const options = answer.options.map(({ availability: { gpuType, dataCenter, ...rest }, totalMemoryGb }) => ({
        gpuType: gpuType.id,
        dataCenter: dataCenter.id,
        gpuCount: rest.gpuCount,
        stock: rest.stock,
        perPod: rest.onDemandPrice?.perPod,
        totalMemoryGb,
      }));
      expect(options, JSON.stringify({ needs, prefer })).toEqual(expected);
      expect(answer.totalCount).toBe(expected.length);
    }
  });

  it('excludes every other cell exactly once, for the first reason in the order of the reasons', () => {
    for (const { needs, truth, answer } of cases) {
      const places = [...new Set(truth.map(({ dataCenterId }) => dataCenterId))];
      const reported = answer.excluded.flatMap(({ gpuType, dataCenter, reason }) =>
        (dataCenter === null ? places : [dataCenter.id]).map((id) => [cellName(gpuType.id, id), reason] as const),
      );
      const expected = truth.filter(({ reason }) => reason !== null);
      expect(reported.length, JSON.stringify(needs)).toBe(expected.length);
      const reasonOf = new Map(reported);
      const wrong = expected.filter((cell) => reasonOf.get(nameOf(cell)) !== cell.reason);
      expect(wrong, JSON.stringify(needs)).toEqual([]);
    }
  });

  it('has one exclusion for a GPU type whose cells all have the same reason', () => {
    for (const { needs, truth, answer } of cases) {
      const reasonsOf = new Map<string, Set<string | null>>();
      for (const { gpuTypeId, reason } of truth) {
        reasonsOf.set(gpuTypeId, (reasonsOf.get(gpuTypeId) ?? new Set()).add(reason));
      }
      const wrong = answer.excluded.filter(
        ({ gpuType, dataCenter }) => (dataCenter === null) !== (reasonsOf.get(gpuType.id)?.size === 1),
      );
      expect(wrong, JSON.stringify(needs)).toEqual([]);
    }
  });

  it('names the pod size of an exclusion unless the reason applies to every size', () => {
    for (const { needs, truth, answer } of cases) {
      const sizeOf = new Map(truth.map(({ gpuTypeId, gpuCount }) => [gpuTypeId, gpuCount]));
      const memoryOf = new Map(matrix.rows.map(({ gpuType }) => [gpuType.id, gpuType.memoryGb]));
      const isForEverySize = ({ gpuType: { id }, reason }: Exclusion) => {
        const memoryGb = memoryOf.get(id) ?? null;
        if (reason === 'TOO_LITTLE_MEMORY') return memoryGb === null || memoryGb < (needs.minMemoryGb ?? 0);
        return WHATEVER_THE_SIZE.has(reason);
      };
      const wrong = answer.excluded.filter(
        (one) => one.gpuCount !== (isForEverySize(one) ? null : sizeOf.get(one.gpuType.id)),
      );
      expect(wrong, JSON.stringify(needs)).toEqual([]);
    }
  });

  it('explains each exclusion in words, in at most 256 bytes', () => {
    for (const { answer } of cases) {
      const messages = [...new Set(answer.excluded.map(({ message }) => message))];
      const wrong = messages.filter((text) => /null|undefined|NaN|Infinity/.test(text) || text === '');
      expect(wrong).toEqual([]);
      // When the gateway estimates the size of a response, it allows 256 bytes for each message.
      expect(messages.filter((text) => Buffer.byteLength(JSON.stringify(text)) > 256)).toEqual([]);
    }
  });

  it('covers the cells that neither their GPU type nor their data center rules out, and counts those that failed', () => {
    for (const { needs, truth, answer } of cases) {
      const expected = truth.filter(({ row }) => row !== null).length;
      const failed = truth.filter(({ reason }) => reason === 'NOT_OBSERVED').length;
      const coverage = { complete: failed === 0, expected, observed: expected - failed, failed };
      expect(answer.coverage, JSON.stringify(needs)).toEqual(coverage);
    }
  });

  it('states for each relaxation how many options a query without the relaxed need finds, and their cheapest price', async () => {
    for (const { needs, answer } of cases) {
      for (const { need, options, cheapest } of answer.relaxations) {
        // oxlint-disable-next-line no-await-in-loop -- The gateway is asked again with one need less.
        const { data } = await opened.gateway.ask(COUNT, { needs: without(needs, need) });
        const [first] = data.placement.options as Option[];
        expect([need, options, cheapest?.perPod ?? null], JSON.stringify(needs)).toEqual([
          need,
          data.placement.totalCount,
          first?.availability.onDemandPrice?.perPod ?? null,
        ]);
      }
    }
  });

  it('has a relaxation for every need that alone prevents options and for no other need, if all rows are in memory', () => {
    for (const { needs, truth, relaxed, answer } of cases) {
      const reported = answer.relaxations.map(({ cheapest, ...rest }) => ({
        ...rest,
        cheapest: cheapest?.perPod ?? null,
      }));
      const expected = relaxed
        .filter(({ options }) => options > countOptions(truth))
        .filter(({ need, isKnown }) => isKnown || reported.some((one) => one.need === need))
        .map(({ isKnown: _isKnown, ...rest }) => rest);
      expect(byNeed(reported), JSON.stringify(needs)).toEqual(byNeed(expected));
    }
  });

  it('lists the relaxation with the most options first', () => {
    for (const { needs, answer } of cases) {
      const counts = answer.relaxations.map(({ options }) => options);
      expect(counts, JSON.stringify(needs)).toEqual(counts.toSorted((a, b) => b - a));
    }
  });
});
