import { expect, it } from 'vitest';
import { listTitleOf } from '../../../src/board/find/list-title.ts';

const FAILURE = {
  gpuType: { id: 'a', displayName: 'A' },
  dataCenter: { id: 'b' },
  code: 'BAD_RESPONSE' as const,
  message: '',
};

/** Returns an answer with this many pods. */
function answer(totalCount: number, needs: { readonly gpuCount?: number }, hasFailure = false) {
  const placement = {
    totalCount,
    options: [],
    excluded: [],
    relaxations: [],
    coverage: { expected: 1, observed: 1, failures: hasFailure ? [FAILURE] : [] },
    freshness: { observedAt: null, stale: false },
  };
  return { question: { needs, prefer: 'CHEAPEST', first: 10 } as const, placement };
}

it.each([
  ['8 pods meet all needs', answer(8, { gpuCount: 1 })],
  ['1 pod meets all needs', answer(1, { gpuCount: 1 })],
  ['79 pods available', answer(79, {})],
  ['No pod meets all needs', answer(0, {})],
  ['No pod found yet', answer(0, {}, true)],
])('the title of a list is "%s"', (title, listed) => {
  expect(listTitleOf(listed, false)).toBe(title);
});

it('the title of a list for earlier needs does not say that the pods meet the present needs', () => {
  expect([0, 1, 8].map((count) => listTitleOf(answer(count, { gpuCount: 1 }), true))).toEqual([
    'No pod for your earlier needs',
    '1 pod for your earlier needs',
    '8 pods for your earlier needs',
  ]);
});
