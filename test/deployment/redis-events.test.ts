import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplica, subscribeAtEach } from '../support/fleet.ts';
import { startProxy } from '../support/proxy.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { inStock, NOTHING, type RawStock } from '../support/stock.ts';
import { type Change, overSse } from '../support/subscribers.ts';

const L4 = 'NVIDIA L4';
const PLACES = ['EUR-IS-1', 'EU-RO-1', 'US-IL-1'];

/**
 * Starts Redis, a RunPod that fails one request in four, and three replicas. Each replica has a subscriber. The third replica is connected
 * to Redis through a proxy.
 */
async function open() {
  const [redis, runPod] = await Promise.all([startRedis(), startFakeRunPod()]);
  const proxy = await startProxy(Number(new URL(redis.url).port));
  const admin = new Redis(redis.url, { retryStrategy: () => 50 }).on('error', () => {});
  const env = { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, FRESH_SECONDS: '1' };
  const urls = [redis.url, redis.url, proxy.url];
  const stock = new Map<string, RawStock>();
  let moves = 0;

  function set(place: string, next: RawStock): void {
    stock.set(place, next);
    runPod.stock.set(L4, place, next);
  }

  for (const place of PLACES) set(place, inStock('High', 1));
  const replicas = await Promise.all(urls.map((url) => startReplica({ ...env, REDIS_URL: url })));
  const subscribers = await subscribeAtEach(replicas, L4);
  let requests = 0;
  runPod.fail(() => {
    requests += 1;
    return requests % 4 === 0 ? answerWith(503, '') : undefined;
  });

  const askedOfL4 = () => runPod.seen.filter(({ variables }) => variables?.['gpuTypeId'] === L4).length;

  return {
    redis,
    proxy,
    admin,
    replicas,
    subscribers,
    stock,
    /** Changes one cell `times` times. After each change, waits until RunPod has received new requests about the GPU type. */
    move: async (times: number): Promise<void> => {
      for (let count = 0; count < times; count += 1) {
        moves += 1;
        const next = moves % 2 === 1 ? NOTHING : inStock(moves % 4 === 0 ? 'Low' : 'High', moves);
        set(PLACES[Math.floor(moves / 2) % PLACES.length] ?? '', next);
        const asked = askedOfL4();
        await expect.poll(askedOfL4, { interval: 20 }).toBeGreaterThan(asked + 2);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { leave } of subscribers) leave();
      killAll();
      admin.disconnect();
      await proxy[Symbol.asyncDispose]();
      await runPod[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Returns the state of a cell in an event as a text, in the same form as `rawStateOf`. */
const stateOf = ({ stock, onDemandPrice }: Change['after']) => `${stock} ${onDemandPrice?.perGpu}`;

/** Returns the state of a cell in RunPod's answer as a text, in the same form as `stateOf`. */
const rawStateOf = ({ stockStatus, uninterruptablePrice }: RawStock) =>
  stockStatus === null ? 'NONE undefined' : `${stockStatus.toUpperCase()} ${uninterruptablePrice}`;

const changesIn = (changes: readonly Change[], place: string) =>
  changes.filter(({ after }) => after.dataCenter.id === place);

/** Returns the state of each data center's cell after the last event of that cell. A cell without events still has its initial state. */
const lastStates = (changes: readonly Change[]) =>
  PLACES.map((place) => {
    const last = changesIn(changes, place).at(-1);
    return last === undefined ? 'HIGH 1' : stateOf(last.after);
  });

const truthOf = ({ stock }: Opened) => PLACES.map((place) => rawStateOf(stock.get(place) ?? NOTHING));

/**
 * Returns the errors in the events that one client received. Each event of a cell must begin with the state after the previous event of
 * that cell, must change that state, and must not be older than the previous event.
 */
function faultsOf(changes: readonly Change[]): readonly string[] {
  return PLACES.flatMap((place) => {
    const ofCell = changesIn(changes, place);
    return ofCell.flatMap((change, index) => {
      const before = ofCell[index - 1]?.after;
      const faults: string[] = [];
      if (stateOf(change.before) !== (before === undefined ? 'HIGH 1' : stateOf(before))) faults.push('a gap');
      if (stateOf(change.before) === stateOf(change.after)) faults.push('no change');
      if (change.after.observedAt < (before?.observedAt ?? '')) faults.push('older than the event before it');
      return faults.map((fault) => `${place}, event ${index}: ${fault}`);
    });
  });
}

/** Ways to disturb Redis while stock changes. Each function resolves when Redis works normally again. */
const FAULTS: Record<string, (fleet: Opened) => Promise<void>> = {
  'that is emptied': async ({ admin, move }) => {
    for (let turn = 0; turn < 3; turn += 1) {
      await admin.flushall();
      await move(2);
    }
  },
  'that is killed repeatedly': async ({ redis, move }) => {
    for (let turn = 0; turn < 3; turn += 1) {
      await redis.kill();
      await move(2);
      await redis.start();
      await move(1);
    }
  },
  'that is suspended': async ({ redis, move }) => {
    redis.signal('SIGSTOP');
    await move(4);
    redis.signal('SIGCONT');
    await move(2);
  },
  'that is slow': async ({ admin, move }) => {
    for (let turn = 0; turn < 4; turn += 1) {
      await admin.client('PAUSE', 1500);
      await move(1);
    }
  },
  'that is full': async ({ admin, move }) => {
    for (let turn = 0; turn < 2; turn += 1) {
      await admin.config('SET', 'maxmemory', '1');
      await move(3);
      await admin.config('SET', 'maxmemory', '0');
      await move(1);
    }
  },
  'that one replica is cut off from': async ({ proxy, move }) => {
    for (let turn = 0; turn < 2; turn += 1) {
      proxy.cut();
      await move(3);
      proxy.mend();
      await move(1);
    }
  },
  'that one replica is cut off from while it is emptied': async ({ proxy, admin, move }) => {
    proxy.cut();
    await move(3);
    await admin.flushall();
    await move(1);
    proxy.mend();
    await move(1);
  },
};

afterEach(killAll);

describe.skipIf(!HAS_REDIS)('a Redis', () => {
  it.each(Object.entries(FAULTS))(
    '%s does not prevent any subscriber from receiving events in order that lead to the true state',
    async (_what, run) => {
      await using fleet = await open();
      await fleet.move(2);
      await run(fleet);
      const truth = truthOf(fleet);
      for (const { changes } of fleet.subscribers) await expect.poll(() => lastStates(changes)).toEqual(truth);
      for (const { changes } of fleet.subscribers) expect(faultsOf(changes)).toEqual([]);
      for (const replica of fleet.replicas) expect(replica.errors()).toBe('');
    },
  );

  it.each([
    'that is emptied',
    'that one replica is cut off from',
    'that one replica is cut off from while it is emptied',
  ])('%s loses no event for a client that resumes at any replica, unless resuming is refused', async (what) => {
    await using fleet = await open();
    await fleet.move(1);
    await FAULTS[what]?.(fleet);
    const { subscribers, replicas } = fleet;
    const truth = truthOf(fleet);
    for (const { changes } of subscribers) await expect.poll(() => lastStates(changes)).toEqual(truth);
    for (const { changes } of subscribers) {
      for (const [index, { id }] of changes.entries()) {
        for (const replica of replicas) {
          const resumed = overSse(replica.url, { gpuType: L4, lastEventId: id });
          const all = () => [...changes.slice(0, index + 1), ...resumed.changes];
          const isMissed = () => resumed.codes.includes('EVENTS_MISSED');
          await expect.poll(() => isMissed() || lastStates(all()).join() === truth.join(), { interval: 10 }).toBe(true);
          if (!isMissed()) expect(faultsOf(all())).toEqual([]);
          resumed.leave();
        }
      }
    }
  });

  it('that was emptied does not prevent the next events from having ids that every replica knows', async () => {
    await using fleet = await open();
    const { admin, subscribers, replicas } = fleet;
    await fleet.move(1);
    await admin.flushall();
    const ids = () => subscribers.map(({ changes }) => changes.at(-1)?.id);
    await expect
      .poll(async () => {
        await fleet.move(1);
        return new Set(ids()).size;
      })
      .toBe(1);
    for (const replica of replicas) {
      const resumed = overSse(replica.url, { gpuType: L4, lastEventId: ids()[0] });
      await expect.poll(() => replica.metric('gpu_gateway_subscriptions')).toBe(2);
      expect(resumed.codes).toEqual([]);
      resumed.leave();
    }
  });
});
