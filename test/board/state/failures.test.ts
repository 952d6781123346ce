import { describe, expect, it } from 'vitest';
import { dataCentersInWords, failureMessage, groupFailures } from '../../../src/board/state/failures.ts';

describe('failures', () => {
  const failure = (gpu: string, place: string | null, code: 'TIMEOUT' | 'UNREACHABLE' = 'TIMEOUT') => ({
    gpuType: { id: gpu, displayName: gpu },
    dataCenter: place === null ? null : { id: place },
    code,
    message: 'No answer.',
  });

  it('are grouped by GPU type and reason', () => {
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

  it('provide the message for a cell if they are about its data center or about all data centers', () => {
    expect(failureMessage([failure('A', 'EU-1')], 'EU-1')).toBe('No answer.');
    expect(failureMessage([failure('A', 'EU-1')], 'EU-2')).toBeUndefined();
    expect(failureMessage([failure('A', null)], 'EU-2')).toBe('No answer.');
  });

  it('are described by the names of their data centers', () => {
    expect(dataCentersInWords(null)).toBe('everywhere');
    expect(dataCentersInWords(['a'])).toBe('in a');
    expect(dataCentersInWords(['a', 'b'])).toBe('in a and b');
    expect(dataCentersInWords(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('in a, b, c, d and 2 more');
  });
});
