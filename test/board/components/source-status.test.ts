import { describe, expect, it } from 'vitest';
import { sourceStatus } from '../../../src/board/components/source-status.ts';
import type { Lists } from '../../../src/board/state/lists.ts';

const UP: Lists['upstream'] = { source: 'RUNPOD_GRAPHQL', health: 'UP', recordedAt: null };

describe('the status of the source', () => {
  it('is the health of RunPod, or that the answers are recorded', () => {
    expect(sourceStatus(UP, undefined)).toEqual(['RunPod answers', 'health-up']);
    expect(sourceStatus({ ...UP, health: 'DEGRADED' }, 'other')).toEqual([
      'Some RunPod requests fail',
      'health-degraded',
    ]);
    expect(sourceStatus({ ...UP, source: 'RECORDED' }, 'gateway')).toEqual(['Recorded answers', 'health-recorded']);
  });

  it('is unknown before the first answer, and while the gateway cannot be reached', () => {
    expect(sourceStatus(undefined, undefined)).toEqual(['Connecting', null]);
    expect(sourceStatus(UP, 'gateway')).toEqual(['RunPod status unknown', null]);
  });

  it('is "RunPod does not answer" if a read has failed because of RunPod', () => {
    expect(sourceStatus(undefined, 'runpod')).toEqual(['RunPod does not answer', 'health-down']);
    expect(sourceStatus(UP, 'runpod')).toEqual(['RunPod does not answer', 'health-down']);
  });
});
