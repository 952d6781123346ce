import { describe, expect, it } from 'vitest';
import { describeAppearances } from '../../../src/board/alerts/notifications.ts';
import { sampleCell, sampleGpuType, sampleLists } from '../sample-cells.ts';

describe('a report of appearances', () => {
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
});
