import { describe, expect, it } from 'vitest';
import { fitsNoGpuType, groupByReason } from '../../../src/board/find/reasons.ts';
import type { PlacementReason } from '../../../src/board/graphql/graphql.ts';

const excluded = (...reasons: readonly string[]) => reasons.map((reason) => ({ reason: reason as PlacementReason }));

describe('the reasons', () => {
  it('are grouped in the order in which the gateway checks them, and unknown ones come last', () => {
    const groups = groupByReason(excluded('TOO_COLD', 'OUT_OF_STOCK', 'OTHER_GPU_TYPE', 'OUT_OF_STOCK'));
    expect(groups.map(({ words, excluded: list }) => [words, list.length])).toEqual([
      ['Another GPU type', 1],
      ['Out of stock', 2],
      ['TOO_COLD', 1],
    ]);
  });

  it('show whether any GPU type fits', () => {
    expect(fitsNoGpuType({ excluded: excluded('OTHER_GPU_TYPE', 'TOO_LITTLE_MEMORY') })).toBe(true);
    expect(fitsNoGpuType({ excluded: excluded('OTHER_GPU_TYPE', 'OUT_OF_STOCK') })).toBe(false);
  });
});
