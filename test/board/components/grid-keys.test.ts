import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionAfterKey } from '../../../src/board/components/grid-keys.ts';

describe('keys in the grid', () => {
  const size = { rows: 5, columns: 7, headRows: 1, page: 3 };

  it('move the focus in their direction', () => {
    const from = { row: 2, column: 3 };
    const to = (key: string, ctrlKey = false) => positionAfterKey({ key, ctrlKey }, from, size);
    expect(to('ArrowUp')).toEqual({ row: 1, column: 3 });
    expect(to('ArrowRight')).toEqual({ row: 2, column: 4 });
    expect(to('PageDown')).toEqual({ row: 4, column: 3 });
    expect(to('Home')).toEqual({ row: 2, column: 0 });
    expect(to('End', true)).toEqual({ row: 4, column: 6 });
    expect(to('a')).toBeNull();
  });

  it('reach the header row only if they are arrow keys', () => {
    const to = (key: string, row: number, ctrlKey = false) =>
      positionAfterKey({ key, ctrlKey }, { row, column: 3 }, size);
    expect(to('ArrowUp', 1)?.row).toBe(0);
    expect(to('ArrowDown', 0)?.row).toBe(1);
    expect(to('PageUp', 3)?.row).toBe(1);
    expect(to('Home', 3, true)).toEqual({ row: 1, column: 0 });
  });

  it('never move the focus out of the grid', () => {
    const keys = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End'];
    const anyPlace = fc.record({ row: fc.nat(4), column: fc.nat(6) });
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.boolean(), anyPlace, (key, ctrlKey, from) => {
        const place = positionAfterKey({ key, ctrlKey }, from, size);
        expect(place?.row).toSatisfy((row: number) => row >= 0 && row < size.rows);
        expect(place?.column).toSatisfy((column: number) => column >= 0 && column < size.columns);
      }),
    );
  });
});
