import * as fc from 'fast-check';
import type { Row } from './verdict.ts';
import { anyWeather, type Weather } from './weather.ts';

/** A query that selects every field that the soak tests can check. */
export const QUERY = `query ($gpuType: String, $region: Region, $gpuCount: Int!, $filter: GpuAvailabilityFilter) {
  gpuAvailability(gpuType: $gpuType, region: $region, gpuCount: $gpuCount, filter: $filter) {
    totalCount
    nodes {
      gpuType { id } dataCenter { id region } gpuCount available stock
      onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts spotObservedAt observedAt stale
    }
    coverage { complete expected observed failed failures { gpuType { id } dataCenter { id } } }
    freshness { observedAt newestObservedAt stale }
  } }`;

/** The arguments of a client's query, and how the client behaves. */
export interface Question {
  readonly gpuType?: string;
  readonly region?: string;
  readonly dataCenter?: string;
  readonly gpuCount: number;
  readonly includeUnavailable: boolean;
  /** Whether the client disconnects before it gets an answer. */
  readonly leaves: boolean;
}

/** A step of a soak test. It ends when all of its queries are answered. */
export interface Step {
  readonly weather: Weather | null;
  /** By how many seconds the clock advances, first before the queries are sent, and then while they are being answered. */
  readonly seconds: readonly [number, number];
  /** Queries that are sent at the same time. */
  readonly questions: readonly Question[];
}

/** Returns the variables with which a client sends `QUERY`. */
export const variablesOf = ({ gpuType, region, dataCenter, gpuCount, includeUnavailable }: Question) => ({
  gpuType,
  region,
  gpuCount,
  filter: { includeUnavailable, ...(dataCenter !== undefined && { dataCenterIds: [dataCenter] }) },
});

/** Returns the rows of `truth` that match the arguments of a query. */
export const truthOf = (truth: readonly Row[], { gpuType, region, dataCenter, gpuCount }: Question) =>
  truth.filter(
    (row) =>
      row.gpuCount === gpuCount &&
      row.gpuType.id === (gpuType ?? row.gpuType.id) &&
      row.dataCenter.region === (region ?? row.dataCenter.region) &&
      row.dataCenter.id === (dataCenter ?? row.dataCenter.id),
  );

/** Plans the steps of a soak test, with about `requests` queries in all. The queries are about the cells in `truth`. */
export function planSteps(truth: readonly Row[], seed: number, requests: number): readonly Step[] {
  const all = (name: (row: Row) => string) => fc.constantFrom(...new Set(truth.map(name)));
  const gpuType = all((row) => row.gpuType.id);
  const anyQuestion: fc.Arbitrary<Question> = fc
    .tuple(
      fc.oneof(
        { weight: 2, arbitrary: fc.constant({}) },
        { weight: 12, arbitrary: fc.record({ gpuType }) },
        { weight: 2, arbitrary: fc.record({ region: all((row) => row.dataCenter.region) }) },
        { weight: 4, arbitrary: fc.record({ dataCenter: all((row) => row.dataCenter.id) }) },
      ),
      fc.record({
        gpuCount: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, Math.max(...truth.map((row) => row.gpuCount))),
        includeUnavailable: fc.constantFrom(true, true, true, false),
        leaves: fc.constantFrom(true, ...Array.from({ length: 11 }, () => false)),
      }),
    )
    .map(([about, how]) => ({ ...about, ...how }));
  const anyStep = fc.record<Step>({
    weather: fc.option(anyWeather([...new Set(truth.map((row) => row.gpuType.id))]), { freq: 3 }),
    seconds: fc.tuple(
      fc.oneof(
        { weight: 60, arbitrary: fc.nat(9) },
        { weight: 20, arbitrary: fc.integer({ min: 10, max: 90 }) },
        { weight: 2, arbitrary: fc.integer({ min: 300, max: 1200 }) },
      ),
      fc.constantFrom(0, 0, 0, 1, 61),
    ),
    questions: fc.array(anyQuestion, { minLength: 1, maxLength: 9 }),
  });
  const steps = fc.sample(anyStep, { seed, numRuns: requests });
  let asked = 0;
  return steps.filter(({ questions }) => {
    const isWanted = asked < requests;
    asked += questions.length;
    return isWanted;
  });
}
