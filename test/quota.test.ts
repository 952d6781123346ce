import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamNotAttemptedError, UpstreamRateLimitedError } from '../src/domain/errors.ts';
import { createQuota } from '../src/upstream/runpod-rest/quota.ts';
import { createSource, passMs } from './support/attempts.ts';

describe('a quota', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }));
  afterEach(() => vi.useRealTimers());

  function createUpdated(ratelimit: string | null, policy: string | null) {
    const pauses: number[] = [];
    const lane = { pause: (ms: number) => pauses.push(ms), pausedMs: () => 0, rejectAll() {} };
    const quota = createQuota(lane, Date.now);
    const headers: Record<string, string | null> = { ratelimit, 'ratelimit-policy': policy };
    quota.update({ get: (name) => headers[name] ?? null });
    return { quota, pauses };
  }

  const POLICY = '"minute";q=60;w=60, "hour";q=3000;w=3600';

  it.each([
    ['plenty is left', '"minute";r=59;t=50, "hour";r=2999;t=3000', []],
    ['little is left for a minute: requests are spread over it', '"minute";r=6;t=30, "hour";r=2999;t=3000', [5000]],
    ['a little more than a tenth is left', '"minute";r=7;t=30, "hour";r=2999;t=3000', []],
    ['little is left for an hour: requests become slower', '"minute";r=59;t=50, "hour";r=100;t=900', [5000]],
    ['little is left for a short time: the pause is short, too', '"minute";r=6;t=12', [2000]],
    ['RunPod reports no quota for the window', '"another";r=1;t=30', []],
    ['nothing is left', 'minute;r=0;t=30, "hour";r=100;t=900', [30_000, 5000]],
    ['nothing is left for a long time', '"minute";r=59;t=50, "hour";r=0;t=900', [60_000]],
    ['the header is absent', null, []],
    ['the header is malformed', '"minute;r=0', []],
    ['the header is hostile', '"minute";r=-5;t=-1, ("a" "b");r=x, ?1;r;t', []],
  ])('pauses correctly when %s', (_what, ratelimit, expected) => {
    expect(createUpdated(ratelimit, POLICY).pauses).toEqual(expected);
  });

  it('reserves half of the remaining requests for awaited requests if less than a quarter of a window remains', () => {
    const { quota } = createUpdated('"minute";r=59;t=50, "hour";r=750;t=900', POLICY);
    expect(() => quota.refuseRenewal('Gpus')).not.toThrow();
    vi.setSystemTime(2300);
    expect(() => quota.refuseRenewal('Gpus')).toThrow(UpstreamNotAttemptedError);
    vi.setSystemTime(2401);
    expect(() => quota.refuseRenewal('Gpus')).not.toThrow();
  });

  it('counts all times from the response', () => {
    vi.setSystemTime(100_000);
    const { quota, pauses } = createUpdated('"minute";r=6;t=12, "hour";r=0;t=20', POLICY);
    expect(pauses).toEqual([2000, 20_000]);
    vi.setSystemTime(110_000);
    expect(() => quota.refuseRenewal('Gpus')).toThrow(expect.objectContaining({ retryAfterMs: 10_000 }));
    vi.setSystemTime(120_000);
    expect(() => quota.refuseRenewal('Gpus')).not.toThrow();
  });

  it('reports the requests that are left in each window until the window ends', () => {
    const { quota } = createUpdated('minute;r=59;t=50, "hour";r=7;t=900, "day";r=5;t=900', POLICY);
    const minute = { name: 'minute', left: 59, quota: 60 };
    const others = [
      { name: 'hour', left: 7, quota: 3000 },
      { name: 'day', left: 5, quota: null },
    ];
    vi.setSystemTime(49_999);
    expect(quota.left()).toEqual([minute, ...others]);
    vi.setSystemTime(50_000);
    expect(quota.left()).toEqual(others);
  });

  it.each([
    ['the length of the window, if RunPod reports an end after that', '"minute";r=0;t=61', 60_000],
    ['a day, if RunPod reports no length', '"another";r=0;t=90000', 86_400_000],
    ['a day, if RunPod reports a longer length', '"long";r=0;t=90000', 86_400_000],
  ])('ends a window after %s', (_what, ratelimit, endMs) => {
    const { quota } = createUpdated(ratelimit, `${POLICY}, "long";q=5;w=90000`);
    vi.setSystemTime(endMs - 1);
    expect(quota.left()).toHaveLength(1);
    vi.setSystemTime(endMs);
    expect(quota.left()).toEqual([]);
  });

  it.each([
    ['the number of requests that are left', '"minute";t=50'],
    ['the end of the window', '"minute";r=0'],
    ['a number of requests that is a number', '"minute";r="0";t=50'],
    ['a number of requests that is not negative', '"minute";r=-1;t=50'],
    ['a name that is a text', '5;r=0;t=50'],
  ])('ignores a window without %s, but reads the others', (_what, member) => {
    const { quota, pauses } = createUpdated(`${member}, "hour";r=2999;t=3000`, POLICY);
    expect(quota.left()).toEqual([{ name: 'hour', left: 2999, quota: 3000 }]);
    expect(pauses).toEqual([]);
  });

  it('treats a window that ends now as ended, and reports a window with a quota of 0', () => {
    const { quota } = createUpdated('"minute";r=0;t=0, "none";r=0;t=5', '"minute";q=60;w=60, "none";q=0;w=60');
    expect(quota.left()).toEqual([{ name: 'none', left: 0, quota: 0 }]);
  });

  it('rejects renewals until every window that has no requests left has ended, and says why', () => {
    const { quota } = createUpdated('"minute";r=0;t=30, "hour";r=0;t=900', POLICY);
    vi.setSystemTime(10_000);
    expect(() => quota.refuseRenewal('Gpus')).toThrow(expect.objectContaining({ retryAfterMs: 890_000 }));
    const reserved = createUpdated('"minute";r=1;t=50', POLICY).quota;
    reserved.refuseRenewal('Gpus');
    expect(() => reserved.refuseRenewal('Gpus')).toThrow(
      'No request for Gpus was sent to RunPod: the rest of its rate limit is reserved for requests that clients wait for',
    );
  });

  it('does not limit renewals while more than a quarter of every window is left', () => {
    const { quota } = createUpdated('"minute";r=16;t=50, "hour";r=751;t=900', POLICY);
    for (let count = 0; count < 10; count += 1) quota.refuseRenewal('Gpus');
  });

  it.each([
    ['rejects waiting requests when nothing is left for more than ten seconds', 11, 'RATE_LIMITED'],
    ['lets waiting requests wait on when the window ends within ten seconds', 10, 'answer'],
  ])('%s', async (_what, seconds, expected) => {
    const source = createSource();
    source.lane.pause(1);
    const waiting = source.ask('a', async () => 'answer');
    const headers = { ratelimit: `"minute";r=0;t=${seconds}`, 'ratelimit-policy': POLICY };
    createQuota(source.lane, Date.now).update({ get: (name) => new Map(Object.entries(headers)).get(name) ?? null });
    await passMs(10_000);
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe(expected);
  });

  it('rejects all renewals while nothing is left, but for at most a minute', () => {
    const { quota } = createUpdated('"minute";r=0;t=999999999', POLICY);
    expect(() => quota.refuseRenewal('Gpus')).toThrow(UpstreamRateLimitedError);
    vi.setSystemTime(60_000);
    expect(() => quota.refuseRenewal('Gpus')).not.toThrow();
  });

  it('forgets a window that RunPod no longer reports', () => {
    const { quota } = createUpdated('"minute";r=0;t=50', POLICY);
    quota.update({ get: () => null });
    expect(quota.left()).toEqual([]);
    expect(() => quota.refuseRenewal('Gpus')).not.toThrow();
  });

  it('reads at most twenty windows of a header', () => {
    const windows = Array.from({ length: 21 }, (_, index) => `"window ${index}";r=5;t=50`);
    expect(createUpdated(windows.join(', '), null).quota.left()).toHaveLength(20);
  });

  it('rejects nothing if RunPod reports no limit', () => {
    expect(() => createUpdated(null, null).quota.refuseRenewal('Gpus')).not.toThrow();
    expect(() => createUpdated('"minute";r=1;t=50', null).quota.refuseRenewal('Gpus')).not.toThrow();
  });
});
