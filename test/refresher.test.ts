import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../src/domain/observation.ts';
import type { Wish } from '../src/live/changes.ts';
import { createRefreshDemand } from '../src/live/refresh-demand.ts';
import { Refresher } from '../src/live/refresher.ts';
import { answerWith } from './support/fake-runpod.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { openLive } from './support/subscribers.ts';

const FRESH_MS = 60_000;
const GPU_TYPES = Array.from({ length: 40 }, (_, index) => gpuTypeOf({ id: `type ${index}` }));
const DATA_CENTERS = [dataCenterOf('EU-RO-1')];
const ALL: Wish = { ofGpuType: () => true, gpuCount: 1, payers: [GATEWAY] };

interface Renewal {
  readonly id: string;
  readonly atMs: number;
}

describe('a refresher', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /**
   * Starts a refresher, which renews answers in the background. At first, there are no answers. Each renewal takes `tookMs` milliseconds.
   */
  function createRunning({ tookMs = 200, wishes = [ALL] }: { tookMs?: number; wishes?: Wish[] } = {}) {
    const began = Date.now();
    const renewals: Renewal[] = [];
    const observedAt = new Map<string, number>();
    const faults: unknown[] = [];
    let health: 'UP' | 'DOWN' = 'UP';
    let failing = false;
    let running = 0;
    let mostRunning = 0;
    const lookUp = async ({ gpuType, gpuCount }: ObservationRequest) => {
      const time = observedAt.get(gpuType.id);
      if (time === undefined) return null;
      const asked = { askedAt: time, observedAt: new Date(time).toISOString() };
      const cell = { dataCenterId: 'EU-RO-1', failure: null, ...asked, stale: false };
      const rest = {
        available: false,
        stock: 'NONE',
        onDemandPrice: null,
        spotPrice: null,
        availableGpuCounts: null,
        spotObservedAt: null,
        spotAskedAt: null,
        source: 'RUNPOD_GRAPHQL',
      } as const;
      const look = (): Observation => ({ gpuTypeId: gpuType.id, gpuCount, cells: [{ ...cell, ...rest }], ...asked });
      return { look };
    };
    const catalog = {
      gpuTypes: async () => GPU_TYPES,
      dataCenters: async () => DATA_CENTERS,
      batchOf: ({ gpuType, gpuCount }: ObservationKey) => `${gpuCount} ${gpuType.id}`,
      observe: () => Promise.reject(new Error('not asked')),
      listCost: 1,
      costOf: () => [],
      lookUp,
      supplement: () => {},
      status: () => ({ source: 'RUNPOD_GRAPHQL', health, lastSuccessAt: null, recordedAt: null, sources: [] }) as const,
      async renew({ gpuType }: ObservationRequest) {
        renewals.push({ id: gpuType.id, atMs: Date.now() - began });
        running += 1;
        mostRunning = Math.max(mostRunning, running);
        await new Promise((resolve) => {
          setTimeout(resolve, tookMs);
        });
        running -= 1;
        if (failing) throw new UpstreamUnreachableError('op', 'down');
        observedAt.set(gpuType.id, Date.now());
      },
    };
    const refreshDemand = createRefreshDemand(() => wishes, Date.now);
    const onFault = (error: unknown) => faults.push(error);
    const refresher = new Refresher({
      catalog,
      refreshDemand,
      freshMs: FRESH_MS,
      concurrency: 3,
      now: Date.now,
      onFault,
    });
    const stopping = new AbortController();
    const ended = refresher.run(stopping.signal);
    return {
      wake: () => refresher.wake(),
      size: () => refresher.size,
      renewals,
      observedAt,
      faults,
      wishes,
      mostRunning: () => mostRunning,
      fail(next: boolean) {
        failing = next;
        health = next ? 'DOWN' : 'UP';
      },
      stop: async () => {
        stopping.abort();
        await vi.advanceTimersByTimeAsync(0);
        await ended;
      },
    };
  }

  it('immediately requests unknown answers, at most three at the same time', async () => {
    const refresher = createRunning();
    await vi.advanceTimersByTimeAsync(3000);
    expect(refresher.renewals).toHaveLength(40);
    expect(refresher.mostRunning()).toBe(3);
    await refresher.stop();
  });

  it('refreshes each answer at even intervals of 0.8 of the freshness time, so that no answer becomes stale', async () => {
    const refresher = createRunning();
    await vi.advanceTimersByTimeAsync(3000);
    refresher.renewals.length = 0;
    let oldest = 0;
    for (let second = 0; second < 480; second += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      oldest = Math.max(oldest, ...[...refresher.observedAt.values()].map((time) => Date.now() - time));
    }
    // Each of about 40 answers is refreshed every 48 s (0.8 of the freshness time), so ten times in 480 s.
    expect(refresher.renewals.length).toBeGreaterThanOrEqual(390);
    expect(refresher.renewals.length).toBeLessThanOrEqual(401);
    expect(oldest).toBeLessThan(FRESH_MS);
    const gaps = refresher.renewals.slice(1).map(({ atMs }, index) => atMs - (refresher.renewals[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1300);
    expect(refresher.mostRunning()).toBeLessThanOrEqual(3);
    await refresher.stop();
  });

  it('refreshes an answer that is already fresh only when its turn comes', async () => {
    const wishes: Wish[] = [];
    const refresher = createRunning({ wishes });
    for (const { id } of GPU_TYPES) refresher.observedAt.set(id, Date.now());
    wishes.push(ALL);
    refresher.wake();
    // The refresher spreads its work: it refreshes one answer every 1.2 seconds.
    await vi.advanceTimersByTimeAsync(3000);
    expect(refresher.renewals.length).toBeLessThanOrEqual(3);
    await refresher.stop();
  });

  it('sends no requests until there is demand', async () => {
    const wishes: Wish[] = [];
    const refresher = createRunning({ wishes });
    await vi.advanceTimersByTimeAsync(600_000);
    expect([refresher.renewals, refresher.size()]).toEqual([[], 0]);
    wishes.push({ ofGpuType: ({ id }) => id === 'type 7', gpuCount: 1, payers: [GATEWAY] });
    refresher.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(refresher.renewals.map(({ id }) => id)).toEqual(['type 7']);
    await refresher.stop();
  });

  it('sends few requests while the source is down, and refreshes everything when it is back', async () => {
    const refresher = createRunning();
    await vi.advanceTimersByTimeAsync(3000);
    refresher.fail(true);
    refresher.renewals.length = 0;
    await vi.advanceTimersByTimeAsync(480_000);
    expect(refresher.renewals.length).toBeLessThanOrEqual(11);
    refresher.fail(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(new Set(refresher.renewals.map(({ id }) => id)).size).toBe(40);
    expect(refresher.faults).toEqual([]);
    await refresher.stop();
  });
});

describe('a gateway that refreshes in the background', () => {
  it('refreshes nothing for an operation that was refused', async () => {
    await using gateway = await openLive({ REFRESH: 'background' });
    const fields = Array.from({ length: 16 }, (_, i) => `a${i}: gpuAvailability(gpuCount: ${i + 1}) { totalCount }`);
    const { errors } = await gateway.ask(`{ ${fields.join(' ')} }`);
    expect(errors).toMatchObject(fields.map(() => ({ extensions: { code: 'OPERATION_TOO_COMPLEX' } })));
    await gateway.ask('{ gpuAvailability(gpuType: "L4") { totalCount } }');
    await expect.poll(() => gateway.metric('gpu_gateway_refreshed_observations')).toBe(1);
    expect(new Set(gateway.runPod.seen.map(({ variables }) => variables?.['gpuTypeId']))).toEqual(
      new Set([undefined, 'NVIDIA L4']),
    );
  });

  const ASK = '{ gpuAvailability(gpuType: "L4") { freshness { stale observedAt } } }';

  it('keeps a requested answer fresh until no client has requested it for a quarter of an hour', async () => {
    await using gateway = await openLive({ REFRESH: 'background', FRESH_SECONDS: '2' });
    const { runPod, ask, metric } = gateway;
    await ask(ASK);
    await expect.poll(() => metric('gpu_gateway_refreshed_observations')).toBe(1);
    await expect.poll(() => runPod.count('LowestPrices')).toBeGreaterThanOrEqual(4);
    // Reads the age of the oldest answer from a metric, because a query would itself cause a refresh.
    await expect.poll(() => metric('gpu_gateway_oldest_answer_age_seconds')).toBeLessThan(1);
    expect((await ask(ASK)).data.gpuAvailability.freshness.stale).toBe(false);
    gateway.passSeconds(901);
    await expect.poll(() => metric('gpu_gateway_refreshed_observations')).toBe(0);
  });

  it('counts answers that it cannot refresh as stale, although no client requests them', async () => {
    await using gateway = await openLive({ REFRESH: 'background', UPSTREAM_RETRIES: '0' });
    const { runPod, ask, metric } = gateway;
    await ask(ASK);
    await expect.poll(() => metric('gpu_gateway_refreshed_observations')).toBe(1);
    runPod.fail(() => answerWith(500, ''));
    gateway.passSeconds(400);
    await expect.poll(() => metric('gpu_gateway_cells{state="stale"}')).toBe(39);
    expect(await metric('gpu_gateway_cells{state="idle"}')).toBe(0);
  });
});
