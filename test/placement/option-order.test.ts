import { expect, it } from 'vitest';
import type { StockLevel } from '../../src/domain/observation.ts';
import { compareOptions, type Preference } from '../../src/domain/placement/option-order.ts';
import { observedRow } from '../../src/domain/row.ts';
import { cellOf } from '../support/cells.ts';
import { dataCenterOf, gpuTypeOf } from '../support/list-rows.ts';

/** Creates an option whose GPU type has the given name. The price is that of the pod, which has two GPUs. */
function optionOf([displayName, stock, perPod]: readonly [string, StockLevel, number | null]) {
  const identity = { gpuType: gpuTypeOf({ id: displayName, displayName }), dataCenter: dataCenterOf('A'), gpuCount: 2 };
  const onDemandPrice = perPod === null ? null : { perGpu: perPod / 2, perPod };
  return observedRow(identity, cellOf('A', 0, { stock, onDemandPrice }));
}

/** The options in the order of their names. No test expects this order, so a test cannot pass unless the options are sorted. */
const OPTIONS = [
  optionOf(['a', 'LOW', null]),
  optionOf(['b', 'HIGH', null]),
  optionOf(['c', 'UNKNOWN', 1]),
  optionOf(['d', 'LOW', 2]),
  optionOf(['e', 'HIGH', 2]),
  optionOf(['f', 'LOW', 1]),
  optionOf(['g', 'HIGH', 2]),
  optionOf(['h', 'MEDIUM', 10]),
];

it.each<[Preference, string]>([
  ['CHEAPEST', 'fcegdhba'],
  ['LIKELIEST', 'egbhfdac'],
])(
  'the order of options is %s first; stock or price, and then the name, decide between equal options',
  (preference, order) => {
    for (const options of [OPTIONS, OPTIONS.toReversed()]) {
      const sorted = options.toSorted(compareOptions(preference));
      expect(sorted.map(({ gpuType }) => gpuType.displayName).join('')).toBe(order);
    }
  },
);
