import { describe, expect, it } from 'vitest';
import type { Change } from '../src/domain/change.ts';
import { observedRow } from '../src/domain/row.ts';
import { createChangeLog, KEPT_MS, MAX_KEPT } from '../src/live/change-log.ts';
import { cellOf } from './support/cells.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const ROW = observedRow(
  { gpuType: gpuTypeOf({ id: 'L4' }), dataCenter: dataCenterOf('A'), gpuCount: 1 },
  cellOf('A', 0),
);
const changeOf = (id: string): Change => ({ id, kind: 'APPEARED', before: ROW, after: ROW });

function open() {
  let nowMs = 0;
  const log = createChangeLog(() => nowMs);
  return {
    log,
    idsSince: (id: string) => log.since(id)?.map((change) => change.id) ?? null,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('the log of changes', () => {
  it('returns the changes after a change that it knows, and null after an unknown change', () => {
    const { log, idsSince } = open();
    log.add([changeOf('a'), changeOf('b'), changeOf('c')]);
    expect([idsSince('a'), idsSince('c'), idsSince('x')]).toEqual([['b', 'c'], [], null]);
    expect([log.has(({ id }) => id === 'b'), log.has(({ id }) => id === 'x')]).toEqual([true, false]);
  });

  it('forgets changes after a time, but still returns those that follow the last change that it has forgotten', () => {
    const { log, idsSince, pass } = open();
    log.add([changeOf('a'), changeOf('b')]);
    pass(KEPT_MS - 1);
    log.add([changeOf('c')]);
    expect(idsSince('a')).toEqual(['b', 'c']);
    pass(1);
    expect([idsSince('a'), idsSince('b')]).toEqual([null, ['c']]);
    pass(KEPT_MS);
    expect([idsSince('b'), idsSince('c')]).toEqual([null, []]);
    expect(log.has(() => true)).toBe(false);
  });

  it('keeps a limited number of changes', () => {
    const { log, idsSince } = open();
    log.add(Array.from({ length: MAX_KEPT + 2 }, (_, index) => changeOf(`${index}`)));
    expect([idsSince('0'), idsSince('1')?.length, idsSince('2')?.length]).toEqual([null, MAX_KEPT, MAX_KEPT - 1]);
  });
});
