import { describe, expect, it } from 'vitest';
import { createKnownCells } from '../src/fleet/known-cells.ts';
import { createLastSeen, FORGOTTEN_AFTER_MS, MAX_SCOPES } from '../src/live/last-seen.ts';
import { cellOf } from './support/cells.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const scopeOf = (id: string) => ({
  gpuType: gpuTypeOf({ id }),
  gpuCount: 1,
  dataCenters: ['A', 'B'].map(dataCenterOf),
});
const OTHERS = Array.from({ length: MAX_SCOPES - 1 }, (_, index) => scopeOf(`type ${index}`));

describe('the last seen cells', () => {
  it('are kept for a day after an answer last contained them', () => {
    const lastSeen = createLastSeen();
    const scope = scopeOf('L4');
    const ids = () => [...lastSeen.of(scope).keys()];
    lastSeen.see(scope, [cellOf('A', 0), cellOf('B', 0)]);
    lastSeen.see(scope, [cellOf('B', FORGOTTEN_AFTER_MS)]);
    expect(ids()).toEqual(['A', 'B']);
    lastSeen.see(scope, [cellOf('B', FORGOTTEN_AFTER_MS + 1)]);
    expect(ids()).toEqual(['B']);
  });

  it('are forgotten when there are too many, beginning with the GPU type that was seen longest ago', () => {
    const lastSeen = createLastSeen();
    const [again, once] = [scopeOf('again'), scopeOf('once')];
    for (const scope of [again, once, again, ...OTHERS]) lastSeen.see(scope, [cellOf('A', 0)]);
    expect([lastSeen.of(again).size, lastSeen.of(once).size]).toEqual([1, 0]);
  });
});

describe('the cells that the subscribers of a replica know', () => {
  it('are forgotten when there are too many, beginning with the GPU type that was used longest ago', () => {
    const known = createKnownCells();
    const latest = cellOf('A', 0);
    const seen = new Map([['A', { latest, bySource: {}, shownPrice: null }]]);
    const [again, once] = [scopeOf('again'), scopeOf('once')];
    for (const scope of [again, once, again, ...OTHERS]) known.update(scope, seen);
    expect([known.of(again).size, known.of(once).size, known.scopes().length]).toEqual([1, 0, MAX_SCOPES]);
  });
});
