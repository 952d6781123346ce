import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { type Clock, SYSTEM_CLOCK } from '../domain/clock.ts';
import type { ReportChange } from '../live/change-tracker.ts';
import { createFleetOfOne, type Fleet } from './fleet.ts';
import { createRedis } from './redis.ts';
import { createRedisChangeTracker } from './redis-change-tracker.ts';
import { createRedisLeases } from './redis-leases.ts';
import { createRedisRefusals } from './redis-refusals.ts';
import { createRedisSlots } from './redis-slots.ts';
import { createRedisStore } from './redis-store.ts';
import { createUnfitValues } from './unfit-values.ts';
import { createValueShapes } from './value-shapes.ts';

/**
 * The maximum and minimum duration of a lease, in milliseconds. A lease allows only one replica to load a value. If that replica does not
 * extend the lease in time, another replica loads the value.
 */
const LEASE_MS = { longest: 10_000, shortest: 5000 };

/** The maximum time for releasing leases and slots and for closing connections when the gateway stops, in milliseconds. */
const LEAVE_MS = 300;

/** Creates the fleet of replicas that share a Redis server. All replicas must have the same settings. */
export function createRedisFleet(
  url: URL,
  { upstream, cache }: Config,
  log: Logger,
  clock: Clock = SYSTEM_CLOCK,
): Fleet {
  const { source, concurrency, timeoutMs } = upstream;
  const keyPrefix = `gpu-gateway:${source}:`;
  // The channel names contain the number of the database. Without this number, fleets in different databases of one server would share
  // channels, because keys belong to a database, but channels belong to the whole server.
  const channelPrefix = `gpu-gateway:${url.pathname.slice(1)}:${source}:`;
  const redis = createRedis(url, keyPrefix, log);
  const unfit = createUnfitValues(log);
  const shapes = createValueShapes(clock);
  const leaseMs = Math.min(Math.max(cache.freshMs / 2, LEASE_MS.shortest), LEASE_MS.longest);
  // Recorded answers of RunPod are not shared. Every replica has them in memory, and Redis could contain older ones.
  const shared = source === 'recorded' ? createFleetOfOne() : share();

  function share() {
    const leases = createRedisLeases(redis, leaseMs, unfit);
    const slots = createRedisSlots(redis, { slots: concurrency, timeoutMs, channel: `${channelPrefix}slots` });
    return {
      store: createRedisStore(redis, { channel: `${channelPrefix}values`, unfit, shapes, now: clock.now }),
      leases,
      inSlot: slots.inSlot,
      shareRefusals: createRedisRefusals(redis, `${channelPrefix}refusals`, unfit),
      trackChanges: (now: () => number, report: ReportChange, onFault: (error: unknown) => void) =>
        createRedisChangeTracker(redis, { unfit, shapes, onFault }, now, report),
      leave: () => Promise.all([leases.giveBackAll(), slots.giveBackAll()]),
    };
  }

  return {
    ...shared,
    createRateLimiter(perMinute) {
      const limit = { points: perMinute, duration: 60, keyPrefix: 'rate' };
      return new RateLimiterRedis({
        ...limit,
        storeClient: redis.client,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(limit),
      });
    },
    isTogether: redis.isUp,
    unfitValues: unfit.totals,
    join: redis.reach,
    async leave() {
      // The leases and slots are released before the connection is closed, so that other replicas do not wait for a process that has ended.
      const late = wait(LEAVE_MS, undefined, { ref: false });
      await Promise.race([shared.leave(), late]);
      await Promise.race([redis.close(), late]);
    },
  };
}
