import * as fc from 'fast-check';
import type { MatrixRow, Needs } from './placement-truth.ts';

/** The arguments of the field `placement`: the conditions that a pod must meet, and the preferred order of the options. */
export interface AnyQuery {
  readonly needs: Needs;
  readonly prefer: 'CHEAPEST' | 'LIKELIEST';
}

/**
 * Generates arguments of the field `placement`. The values of the needs (conditions) come from `rows`, the rows of pods with one GPU. Most
 * needs are `null`, so they have no effect.
 */
export function anyQuery(rows: readonly MatrixRow[]): fc.Arbitrary<AnyQuery> {
  const idsOfTypes = distinct(rows.map(({ gpuType }) => gpuType.id));
  const idsOfPlaces = distinct(rows.map(({ dataCenter }) => dataCenter.id));
  const memories = distinct(rows.map(({ gpuType }) => gpuType.memoryGb ?? 0));
  const prices = distinct(rows.map(({ onDemandPrice }) => onDemandPrice?.perPod ?? 0));
  // No data center has the certification 'OTHER'. A query for it is still valid, because RunPod may add certifications.
  const certifications = distinct(['OTHER', ...rows.flatMap(({ dataCenter }) => dataCenter.compliance ?? [])]);
  const countries = distinct(rows.flatMap(({ dataCenter }) => dataCenter.countryCode ?? []));
  const memory = fc.oneof(fc.constantFrom(...memories), fc.nat({ max: 200 }));
  const needs: fc.Arbitrary<Needs> = fc.record(
    {
      gpuCount: sometimes(5, fc.oneof(fc.constantFrom(1, 2, 4, 8), fc.integer({ min: 1, max: 16 }))),
      minMemoryGb: sometimes(2, memory),
      minTotalMemoryGb: sometimes(
        3,
        fc.tuple(memory, fc.constantFrom(1, 2, 3, 4, 8, 100)).map(([gb, times]) => gb * times),
      ),
      gpuTypeIds: sometimes(2, someIds(idsOfTypes)),
      manufacturer: sometimes(2, fc.constantFrom('NVIDIA', 'AMD', 'UNKNOWN')),
      maxPricePerHour: sometimes(
        4,
        fc.tuple(fc.constantFrom(...prices), fc.constantFrom(1, 2, 4, 8, 20)).map(([usd, times]) => usd * times),
      ),
      regions: sometimes(2, some(distinct(rows.map(({ dataCenter }) => dataCenter.region)))),
      countryCodes: sometimes(1, some(countries.flatMap((code) => [code, code.toLowerCase()]))),
      dataCenterIds: sometimes(1, someIds(idsOfPlaces)),
      networkVolume: sometimes(2, fc.boolean()),
      globalNetwork: sometimes(1, fc.boolean()),
      compliance: sometimes(1, some(certifications.flatMap((one) => [one, one.toLowerCase()]))),
      minStock: sometimes(2, fc.constantFrom('LOW', 'MEDIUM', 'HIGH')),
    },
    { requiredKeys: [] },
  );
  return fc.record({ needs, prefer: fc.constantFrom('CHEAPEST', 'LIKELIEST') });
}

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** Generates a value in `weight` of ten cases, and `null` in the other cases. */
const sometimes = <T>(weight: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight, arbitrary: value }, { weight: 10 - weight, arbitrary: fc.constant(null) });

const some = <T>(values: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 5 });

/** Generates lists of ids. An id may be in lower case, unless two ids would then be equal. */
function someIds(ids: readonly string[]): fc.Arbitrary<readonly string[]> {
  const inLowerCase = ids.map((id) => id.toLowerCase());
  const unique = inLowerCase.filter((id, _index, all) => all.filter((other) => other === id).length === 1);
  const many = fc.shuffledSubarray([...ids], { minLength: Math.ceil(ids.length / 2) });
  return fc.oneof(
    some([...ids, ...unique]),
    many.map((all) => all.slice(0, 200)),
  );
}
