import { describe, expect, it } from 'vitest';
import { widen } from '../../../src/board/components/drawn-part.ts';

describe('the drawn part of the table', () => {
  it('contains every row in sight, in whole blocks', () => {
    expect(widen([9.5, 14.2], 0, 400)).toEqual([8, 16]);
    expect(widen([7.9, 16.1], 0, 400)).toEqual([0, 24]);
  });

  it('is wider by the margin, but ends with the table', () => {
    expect(widen([9.5, 14.2], 8, 400)).toEqual([0, 24]);
    expect(widen([394, 430], 8, 400)).toEqual([384, 400]);
    expect(widen([-30, -4], 8, 400)).toEqual([0, 8]);
    expect(widen([0, 3], 8, 3)).toEqual([0, 3]);
  });
});
