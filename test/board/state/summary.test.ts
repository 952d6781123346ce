import { describe, expect, it } from 'vitest';
import { responsesByType } from '../../../src/board/state/response.ts';
import { summarise } from '../../../src/board/state/summary.ts';
import { sampleCell } from '../sample-cells.ts';

const NOON = '2026-01-01T12:00:00.000Z';

describe('the summary of all responses', () => {
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

  it('counts all cells, and contains the times of the oldest and the newest observation', () => {
    expect(summarise([...responsesByType(part, ['A', 'B']).values()])).toEqual({
      expected: 4,
      observed: 3,
      failures: [failure],
      oldest: ELEVEN,
      newest: NOON,
    });
  });

  it('is empty without a response', () => {
    expect(summarise([])).toMatchObject({ expected: 0, oldest: null, newest: null });
  });

  it('is made from one response per GPU type, and a GPU type without cells has an empty response', () => {
    const answers = responsesByType(part, ['A', 'B', 'C']);
    expect([...answers].map(([id, { nodes, failures }]) => [id, nodes.length, failures.length])).toEqual([
      ['A', 2, 0],
      ['B', 2, 1],
      ['C', 0, 0],
    ]);
  });
});
