import { randomUUID } from 'node:crypto';
import { type Lease, type Leases, OWN_LEASES } from '../cache/leases.ts';
import type { RedisServer } from './redis.ts';

/** How long it is remembered that something was loaded, for those who wait for it, in milliseconds. */
const DONE_MS = 2000;

const DONE = 'done';

/** Takes the lease unless another has it, or was just done for one who waits. */
const TAKE = `
local value = redis.call('GET', KEYS[1])
if value and (value ~= '${DONE}' or ARGV[3] == '1') then return value end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

/** The holder alone may change it. */
const IF_HELD = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end";
const EXTEND = `${IF_HELD} redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1`;
const FINISH = `${IF_HELD} redis.call('SET', KEYS[1], '${DONE}', 'PX', ARGV[2]) return 1`;
const GIVE_BACK = `${IF_HELD} redis.call('DEL', KEYS[1]) return 1`;

/**
 * Leases in Redis, of `leaseMs` milliseconds each, extended while the holder lives. While Redis is away every replica has all
 * of them.
 */
export function createRedisLeases({ client }: RedisServer, leaseMs: number): Leases {
  const evaluate = (script: string, name: string, ...args: readonly (string | number)[]): Promise<unknown> =>
    client.eval(script, 1, `lease:${name}`, ...args);

  function hold(name: string, id: string): Lease {
    const extend = () => evaluate(EXTEND, name, id, leaseMs).catch(() => 1);
    const extending = setInterval(() => void extend(), leaseMs / 3).unref();
    return {
      confirm: async () => (await extend()) === 1,
      async release(isLoaded) {
        clearInterval(extending);
        const [script, ...args] = isLoaded ? ([FINISH, DONE_MS] as const) : ([GIVE_BACK] as const);
        // Otherwise it ends by itself.
        await evaluate(script, name, id, ...args).catch(() => {});
      },
    };
  }

  return {
    async take(name, waited) {
      const id = randomUUID();
      const value = await evaluate(TAKE, name, id, leaseMs, waited ? '1' : '0').catch(() => null);
      if (value === null) return OWN_LEASES.take(name, waited);
      if (value === id) return hold(name, id);
      return value === DONE ? 'done' : 'held';
    },
  };
}
