import { describe, expect, it } from 'vitest';
import { reportAppearances, reportInWords } from '../../../src/board/alerts/notifications.ts';
import { cellKey } from '../../../src/board/state/cell.ts';
import { sampleCell, sampleGpuType, sampleLists } from '../sample-cells.ts';

describe('a report of appearances', () => {
  const describeAppearances = (...args: Parameters<typeof reportAppearances>) =>
    reportInWords(reportAppearances(...args));

  it('names the GPU types and data centers of the first three cells, and counts the other cells', () => {
    const lists = sampleLists([sampleGpuType('a', { displayName: 'RTX 4090' })], []);
    expect(describeAppearances([sampleCell('a', 'EU-1', 0.69)], lists)).toBe(
      'Available now: RTX 4090 in EU-1 for $0.69',
    );
    const many = ['1', '2', '3', '4', '5'].map((place) => sampleCell('a', place, null));
    expect(describeAppearances(many, lists)).toBe(
      'Available now: RTX 4090 in 1, RTX 4090 in 2, RTX 4090 in 3, and 2 more',
    );
  });

  it('contains the key of the cell for each text, and names a cell only once even if it has appeared twice', () => {
    const lists = sampleLists([sampleGpuType('a')], []);
    const [first, second] = [sampleCell('a', 'EU-1', 2), sampleCell('a', 'EU-2', 1)];
    expect(reportAppearances([sampleCell('a', 'EU-1', 3), second, first], lists)).toEqual({
      named: [
        { key: cellKey('a', 'EU-1'), text: 'a in EU-1 for $3.00' },
        { key: cellKey('a', 'EU-2'), text: 'a in EU-2 for $1.00' },
      ],
      more: 0,
    });
  });
});
