import { describe, expect, it } from 'vitest';
import { describeAppearances } from '../../src/board/alerts/notifications.ts';
import { ageOf, dayOf } from '../../src/board/format/age.ts';
import { dollars } from '../../src/board/format/price.ts';
import { dataCentersInWords, groupFailures } from '../../src/board/state/failures.ts';
import { responsesByType, summarise } from '../../src/board/state/summary.ts';
import { sampleCell, sampleGpuType, sampleLists } from './sample-cells.ts';

const NOON = '2026-01-01T12:00:00.000Z';

describe('ages', () => {
  it.each([
    [-5, 'now'],
    [0.4, 'now'],
    [4, '4 s ago'],
    [60, '1 min ago'],
    [7199, '1 h ago'],
    [864_000, '10 d ago'],
  ])('of %d seconds', (seconds, words) => {
    expect(ageOf(NOON, Date.parse(NOON) + seconds * 1000)).toBe(words);
  });

  it('are days in UTC where they are long', () => {
    expect(dayOf(NOON)).toBe('1 January 2026 at 12:00 UTC');
  });
});

describe('prices', () => {
  it('have cents, and a third digit only when it is there', () => {
    expect([dollars(0.4), dollars(1234.5), dollars(0.125)]).toEqual(['$0.40', '$1,234.50', '$0.125']);
  });
});

describe('failures', () => {
  const failure = (gpu: string, place: string | null, code: 'TIMEOUT' | 'UNREACHABLE' = 'TIMEOUT') => ({
    gpuType: { id: gpu, displayName: gpu },
    dataCenter: place === null ? null : { id: place },
    code,
    message: 'No answer.',
  });

  it('of one GPU type for one reason are told together', () => {
    const groups = groupFailures([
      failure('A', 'EU-1'),
      failure('B', null),
      failure('A', 'EU-2'),
      failure('A', 'EU-3', 'UNREACHABLE'),
    ]);
    expect(groups.map(({ gpuType, dataCenterIds }) => [gpuType, dataCenterIds])).toEqual([
      ['A', ['EU-1', 'EU-2']],
      ['B', null],
      ['A', ['EU-3']],
    ]);
  });

  it('are told where they are', () => {
    expect(dataCentersInWords(null)).toBe('everywhere');
    expect(dataCentersInWords(['a'])).toBe('in a');
    expect(dataCentersInWords(['a', 'b'])).toBe('in a and b');
    expect(dataCentersInWords(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('in a, b, c, d and 2 more');
  });
});

describe('the sum of all answers', () => {
  const ELEVEN = '2026-01-01T11:00:00.000Z';
  const unknown = { stock: 'UNKNOWN' as const, available: null, observedAt: null };
  const failure = {
    gpuType: { id: 'B', displayName: 'B' },
    dataCenter: { id: 'EU-2' },
    code: 'TIMEOUT' as const,
    message: 'No answer.',
  };
  const part = {
    nodes: [
      sampleCell('A', 'EU-1', 1, { observedAt: NOON }),
      sampleCell('A', 'EU-2', null, { observedAt: ELEVEN }),
      sampleCell('B', 'EU-1', 1, { observedAt: NOON }),
      sampleCell('B', 'EU-2', null, unknown),
    ],
    coverage: { failures: [failure] },
  };

  it('has every cell, and is as old as the oldest one', () => {
    expect(summarise([...responsesByType(part, ['A', 'B']).values()])).toEqual({
      expected: 4,
      observed: 3,
      failures: [failure],
      oldest: ELEVEN,
      newest: NOON,
    });
  });

  it('is nothing when there is no answer', () => {
    expect(summarise([])).toMatchObject({ expected: 0, oldest: null, newest: null });
  });

  it('divides an answer by GPU type, and answers a GPU type without cells by none', () => {
    const answers = responsesByType(part, ['A', 'B', 'C']);
    expect([...answers].map(([id, { nodes, failures }]) => [id, nodes.length, failures.length])).toEqual([
      ['A', 2, 0],
      ['B', 2, 1],
      ['C', 0, 0],
    ]);
  });
});

describe('news', () => {
  it('name what can be rented, and where', () => {
    const lists = sampleLists([sampleGpuType('a', { displayName: 'RTX 4090' })], []);
    expect(describeAppearances([sampleCell('a', 'EU-1', 0.69)], lists)).toBe(
      'Can be rented now: RTX 4090 in EU-1 for $0.69',
    );
    const many = ['1', '2', '3', '4', '5'].map((place) => sampleCell('a', place, null));
    expect(describeAppearances(many, lists)).toBe(
      'Can be rented now: RTX 4090 in 1, RTX 4090 in 2, RTX 4090 in 3, and 2 more',
    );
  });
});
