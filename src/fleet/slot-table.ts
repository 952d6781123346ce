import type { Redis, Result } from 'ioredis';
import { z } from 'zod';

/**
 * The key of the slots in use. The value contains the end of each slot, in milliseconds of Redis's clock. The name of a slot consists of
 * the id of the replica and the id of the request.
 */
const SLOTS = 'v1:slots';

/**
 * The key of the current period of the slot table. A period lasts until Redis is emptied. The value contains the name of the period, the
 * number of replicas that must register, the time when all earlier slots have ended, and the replicas that have registered.
 */
const PERIOD = 'v1:slots:period';

/**
 * The first part of each script. A period begins when Redis is new or was emptied. If Redis contains no period, the script starts one.
 * Requests that were sent earlier may still be in flight then. So the table opens (gives slots to new requests) only when every connected
 * replica has registered its requests in flight, or when all earlier slots have ended. `PUBLISH` asks the connected replicas to register,
 * and returns their number. This number includes suspended replicas.
 */
const BEGIN = `
local limit, leaseMs, channel, newPeriod = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, kind in ipairs({'zset', 'hash'}) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', KEYS[i]) end
end
if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('HSET', KEYS[2], 'name', newPeriod, 'replicas', 0, 'opensAt', now + leaseMs)
  redis.call('HSET', KEYS[2], 'replicas', redis.call('PUBLISH', channel, newPeriod))
end
local period, replicas, opensAt = unpack(redis.call('HMGET', KEYS[2], 'name', 'replicas', 'opensAt'))
local isOpen = redis.call('HLEN', KEYS[2]) - 3 >= tonumber(replicas) or now >= tonumber(opensAt)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
`;

/**
 * A script that takes a slot if the slot table is open (see `BEGIN`) and a slot is free. Taking the same slot again also succeeds, because
 * the command may be sent twice if the connection breaks.
 */
const TAKE = `${BEGIN}
local isFree = isOpen and (redis.call('ZSCORE', KEYS[1], ARGV[5]) or redis.call('ZCARD', KEYS[1]) < limit)
if isFree then redis.call('ZADD', KEYS[1], now + leaseMs, ARGV[5]) end
return {period, isFree and 1 or 0}`;

/**
 * A script that registers the in-flight requests of one replica. It first releases those of the replica's slots that none of these requests
 * is using. While the slot table is not open yet (see `BEGIN`), it then gives each of the requests a slot, even if there are more requests
 * than slots. Once the table is open, a request without a slot gets a free slot, or is refused if no slot is free.
 */
const REGISTER = `${BEGIN}
if not isOpen then redis.call('HSET', KEYS[2], 'replica:' .. ARGV[5], 1) end
local owner = ARGV[5] .. ':'
local inFlight = {}
for i = 6, #ARGV, 2 do inFlight[owner .. ARGV[i]] = true end
for _, slot in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if slot:sub(1, #owner) == owner and not inFlight[slot] then redis.call('ZREM', KEYS[1], slot) end
end
local refused = {}
for i = 6, #ARGV, 2 do
  local slot, restMs = owner .. ARGV[i], tonumber(ARGV[i + 1])
  if not redis.call('ZSCORE', KEYS[1], slot) then
    if not isOpen or redis.call('ZCARD', KEYS[1]) < limit then redis.call('ZADD', KEYS[1], now + restMs, slot)
    else table.insert(refused, ARGV[i]) end
  end
end
return {period, refused}`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeSlot(...args: (string | number)[]): Result<unknown, Context>;
    registerSlots(...args: (string | number)[]): Result<unknown, Context>;
  }
}

const Taken = z.tuple([z.string(), z.number()]);
const Registered = z.tuple([z.string(), z.array(z.string())]);

/** A request in flight. `restMs` is the remaining time for which it may use its slot, in milliseconds. */
export interface RequestInFlight {
  readonly id: string;
  readonly restMs: number;
}

/**
 * The slots of all replicas. Each slot permits one request to RunPod at a time. Every method rejects if Redis is unavailable or refuses the
 * command.
 */
export interface SlotTable {
  /** Takes a slot for a request if one is free. `period` is the name of the current period, which changes after Redis was emptied. */
  readonly take: (id: string) => Promise<{ readonly period: string; readonly isTaken: boolean }>;
  /**
   * Registers all requests that this replica has in flight, and releases all its other slots. Returns the ids of the requests that get no
   * slot.
   */
  readonly register: (
    requests: readonly RequestInFlight[],
  ) => Promise<{ readonly period: string; readonly refused: readonly string[] }>;
  readonly release: (id: string) => Promise<unknown>;
}

/** The settings of the slot table. */
export interface SlotTableOptions {
  readonly slots: number;
  /** How long a slot lasts, in milliseconds. */
  readonly leaseMs: number;
  /** The channel that each replica of the fleet listens to. */
  readonly channel: string;
  /** Returns a new, unique id each time that it is called. */
  readonly createId: () => string;
}

/** Creates an object that reads and changes the slots in Redis. */
export function createSlotTable(client: Redis, { slots, leaseMs, channel, createId }: SlotTableOptions): SlotTable {
  const replica = createId();
  // With `defineCommand`, ioredis sends each script only once, and then only its hash. This saves much traffic, because a waiting replica
  // checks for a free slot a hundred times a second.
  client.defineCommand('takeSlot', { numberOfKeys: 2, lua: TAKE });
  client.defineCommand('registerSlots', { numberOfKeys: 2, lua: REGISTER });
  const slotOf = (id: string) => `${replica}:${id}`;
  const common = () => [SLOTS, PERIOD, slots, leaseMs, channel, createId()];
  return {
    async take(id) {
      const [period, isTaken] = Taken.parse(await client.takeSlot(...common(), slotOf(id)));
      return { period, isTaken: isTaken === 1 };
    },
    async register(requests) {
      const args = requests.flatMap(({ id, restMs }) => [id, restMs]);
      const [period, refused] = Registered.parse(await client.registerSlots(...common(), replica, ...args));
      return { period, refused };
    },
    release: (id) => client.zrem(SLOTS, slotOf(id)),
  };
}
