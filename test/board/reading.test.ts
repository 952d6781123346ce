import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../src/board/ask.ts';
import { backoffMs } from '../../src/board/backoff.ts';
import { placeAfter } from '../../src/board/grid-keys.ts';
import { sweep } from '../../src/board/sweep.ts';

describe('backing off', () => {
  it('doubles from a second to half a minute, less a quarter at most', () => {
    expect([1, 2, 3, 6, 100].map((failures) => backoffMs(failures, 0))).toEqual([1000, 2000, 4000, 30_000, 30_000]);
    expect(backoffMs(1, 1)).toBe(750);
  });
});

describe('a sweep', () => {
  const answer = {
    gpuAvailability: { nodes: [], coverage: { expected: 0, observed: 0, failures: [] }, freshness: {} },
  };

  it('asks for each GPU type once, two parts at a time at most', async () => {
    const ids = Array.from({ length: 41 }, (_, index) => String(index));
    const asked: string[] = [];
    let inFlight = 0;
    let most = 0;
    const ask = (async (_document, { gpuTypeIds }: { gpuTypeIds: readonly string[] }) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await Promise.resolve();
      inFlight -= 1;
      asked.push(...gpuTypeIds);
      return answer;
    }) as Ask;
    await sweep(ask, { gpuTypeIds: ids, gpuCount: 1 }, () => {}, new AbortController().signal);
    expect(asked.toSorted()).toEqual(ids.toSorted());
    expect(most).toBe(2);
  });

  it('hands nothing over once it is given up', async () => {
    const giveUp = new AbortController();
    const ask = (async () => {
      giveUp.abort();
      return answer;
    }) as unknown as Ask;
    let parts = 0;
    const swept = sweep(ask, { gpuTypeIds: ['a'], gpuCount: 1 }, () => (parts += 1), giveUp.signal);
    await expect(swept).rejects.toThrow('aborted');
    expect(parts).toBe(0);
  });
});

describe('keys in the grid', () => {
  const size = { rows: 5, columns: 7, page: 3 };

  it('lead to where they say', () => {
    const from = { row: 2, column: 3 };
    const to = (key: string, ctrlKey = false) => placeAfter({ key, ctrlKey }, from, size);
    expect(to('ArrowUp')).toEqual({ row: 1, column: 3 });
    expect(to('ArrowRight')).toEqual({ row: 2, column: 4 });
    expect(to('PageDown')).toEqual({ row: 4, column: 3 });
    expect(to('Home')).toEqual({ row: 2, column: 0 });
    expect(to('End', true)).toEqual({ row: 4, column: 6 });
    expect(to('a')).toBeNull();
  });

  it('never lead out of it', () => {
    const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End'];
    const anyPlace = fc.record({ row: fc.nat(4), column: fc.nat(6) });
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.boolean(), anyPlace, (key, ctrlKey, from) => {
        const place = placeAfter({ key, ctrlKey }, from, size);
        expect(place?.row).toSatisfy((row: number) => row >= 0 && row < size.rows);
        expect(place?.column).toSatisfy((column: number) => column >= 0 && column < size.columns);
      }),
    );
  });
});
