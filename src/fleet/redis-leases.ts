import { randomUUID } from 'node:crypto';
import { type Lease, type LeaseEnding, type Leases, OWN_LEASES } from '../cache/leases.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';

/** How long Redis keeps the outcome of a load for the replicas that wait for it, in milliseconds. */
const ENDED_MS = 2000;

const DONE = 'done';
const FAILED = 'failed';

/** The text that is written to Redis for each outcome of loading a value. If the text is empty, nothing is written. */
const WRITTEN: Readonly<Record<LeaseEnding, string>> = { loaded: DONE, failed: FAILED, undecided: '' };

/** The result of `TAKE` if it removed a value that was not a valid lease, and then took the lease. */
const UNFIT = 'unfit';

/** The length of the id of the replica's lease, which is a random UUID. */
const ID_LENGTH = 36;

/**
 * A script that takes the lease for a load, unless another replica has it. If this replica has waited for a load that has just ended, the
 * script returns how the load ended, and does not take the lease. An invalid value is overwritten: one of another Redis type, one with
 * unexpected text, or the id of a lease that never expires.
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

/** A script that extends the lease. Takes the lease again if it is no longer in Redis. */
const EXTEND = `
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/**
 * A script that ends a lease, and records how the load ended, if that is known. Has no effect if another replica has the lease. The script
 * deletes the lease before it sets the outcome, because a full Redis refuses SET as the first write of a script, but allows DEL.
 */
const END = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ${ENDED_MS}) end
return 1`;

/** The leases of this replica. The replica can release all of them at once. */
export interface RedisLeases extends Leases {
  readonly giveBackAll: () => Promise<unknown>;
}

/**
 * Creates leases in Redis. Each lease lasts for `leaseMs` milliseconds, and is extended until it is released. While Redis is unavailable,
 * every replica gets every lease. If a load has failed at another replica, a replica that has waited for it also gets the lease, because
 * its own load may succeed.
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
        // An error can be ignored, because the lease then expires by itself.
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
