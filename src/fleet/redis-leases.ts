import { randomUUID } from 'node:crypto';
import { type Lease, type LeaseEnding, type Leases, OWN_LEASES } from '../cache/leases.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';

/** How long the outcome of a load is kept for the replicas that wait for it, in milliseconds. */
const ENDED_MS = 2000;

const DONE = 'done';
const FAILED = 'failed';

/** What is written to Redis when a load has ended. */
const WRITTEN: Readonly<Record<LeaseEnding, string>> = { loaded: DONE, failed: FAILED, undecided: '' };

/** The result of the script if it took the lease and overwrote a value that was not a lease. */
const UNFIT = 'unfit';

/** The length of a holder's id, which is a random UUID. */
const ID_LENGTH = 36;

/**
 * Takes the lease, except in two cases: another replica holds it, or another replica has just ended it and this replica waited
 * for the end. A value that is not a lease counts as absent and is overwritten. Such a value has another type or an unexpected
 * text, or it never expires and would block the load forever.
 */
const TAKE = `
local value = redis.call('TYPE', KEYS[1]).ok == 'string' and redis.call('GET', KEYS[1])
local ended = value == '${DONE}' or value == '${FAILED}'
local fits = ended or (value and #value == ${ID_LENGTH} and redis.call('PTTL', KEYS[1]) > 0)
if not fits then
  local was = redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return was == 1 and '${UNFIT}' or ARGV[1]
end
if value and (not ended or ARGV[3] == '1') then return value end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

/** Extends the lease. If Redis has lost the lease, the holder gets it again. */
const EXTEND = `
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/**
 * Ends a lease and records how the load ended, if that is known. Only the holder may do this. The lease is deleted first, because a
 * full Redis refuses SET in a script that has not written yet.
 */
const END = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ${ENDED_MS}) end
return 1`;

/** Leases that this replica can give back all at once. */
export interface RedisLeases extends Leases {
  readonly giveBackAll: () => Promise<unknown>;
}

/**
 * Creates leases in Redis, of `leaseMs` milliseconds each, which are extended while their holder runs. While Redis is
 * unavailable, a replica gets every lease. A replica also gets a lease whose load has failed at another replica, because its own
 * load may succeed.
 */
export function createRedisLeases({ client }: RedisServer, leaseMs: number, unfit: UnfitValues): RedisLeases {
  const held = new Set<Lease>();
  const evaluate = (script: string, name: string, ...args: readonly (string | number)[]): Promise<unknown> =>
    client.eval(script, 1, `lease:${name}`, ...args);

  function hold(name: string, id: string): Lease {
    const extend = () => evaluate(EXTEND, name, id, leaseMs).catch(() => 1);
    const extending = setInterval(() => void extend(), leaseMs / 3).unref();
    const lease: Lease = {
      confirm: async () => (await extend()) === 1,
      async release(ending) {
        clearInterval(extending);
        held.delete(lease);
        // If this fails, the lease expires by itself.
        await evaluate(END, name, id, WRITTEN[ending]).catch(() => {});
      },
    };
    held.add(lease);
    return lease;
  }

  return {
    async take(name, waited) {
      const id = randomUUID();
      const value = await evaluate(TAKE, name, id, leaseMs, waited ? '1' : '0').catch(() => null);
      if (value === null || value === FAILED) return OWN_LEASES.take(name, waited);
      if (value === UNFIT) unfit.count('lease', name);
      if (value === id || value === UNFIT) return hold(name, id);
      return value === DONE ? 'done' : 'held';
    },
    giveBackAll: () => Promise.all([...held].map((lease) => lease.release('undecided'))),
  };
}
