import { describe, expect, it } from 'vitest';
import { createHoldOffs, MAX_HOLD_OFFS } from '../src/cache/hold-offs.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';

const ERROR = new UpstreamUnreachableError('op', 'down');

describe('the hold-off that delays the repetition of a failed load', () => {
  it('lasts until its time has passed or the load has succeeded', () => {
    let nowMs = 0;
    const holdOffs = createHoldOffs(5000, () => nowMs);
    holdOffs.failed('load', ERROR);
    holdOffs.failed('other', ERROR);
    nowMs = 4999;
    expect(holdOffs.errorOf('load')).toBe(ERROR);
    holdOffs.succeeded('other');
    expect(holdOffs.errorOf('other')).toBeUndefined();
    nowMs = 5000;
    expect(holdOffs.errorOf('load')).toBeUndefined();
  });

  it('is forgotten when too many other loads have failed after that load', () => {
    const holdOffs = createHoldOffs(5000, () => 0);
    holdOffs.failed('again', ERROR);
    holdOffs.failed('once', ERROR);
    holdOffs.failed('again', ERROR);
    for (let count = 0; count < MAX_HOLD_OFFS - 1; count += 1) holdOffs.failed(`load ${count}`, ERROR);
    expect(holdOffs.errorOf('again')).toBe(ERROR);
    expect(holdOffs.errorOf('once')).toBeUndefined();
  });
});
