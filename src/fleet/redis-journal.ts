import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { type Change, type Difference, findDifferences, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope, ObservedCell } from '../domain/observation.ts';
import { createChangeLog, KEPT_MS, MAX_KEPT } from '../live/change-log.ts';
import type { Journal, Tell } from '../live/journal.ts';
import { createLastSeen, FORGOTTEN_AFTER_MS, see } from '../live/last-seen.ts';
import type { RedisServer } from './redis.ts';

const STREAM = 'changes';

/** Writes down what was seen and what has changed, unless another replica has seen more meanwhile. */
const WRITE = `
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'cells', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ${FORGOTTEN_AFTER_MS})
for i = 5, #ARGV do redis.call('XADD', KEYS[2], 'MAXLEN', '~', ${MAX_KEPT}, '*', 'change', ARGV[i]) end
if #ARGV > 4 then redis.call('XTRIM', KEYS[2], 'MINID', '~', ARGV[4]) end
return 1`;

/** How often what was seen is compared anew when another replica has seen more. */
const MOST_TRIES = 20;

/** How long another replica's event is waited for, and how soon it is looked for again, in milliseconds. */
const REACHED_MS = 1000;
const LOOK_AGAIN_MS = 20;

/** A change as it stands in the stream: what the rows were made of is seen by every replica. */
interface Written extends Difference {
  readonly cell: ObservedCell;
}

/**
 * A journal in Redis. What was last seen of a GPU type, and what has changed since, are written at once, so that of two replicas
 * that see the same change one tells it. Every replica tells what stands in the stream, in its order. While Redis is away, each
 * tells what it sees itself.
 */
export function createRedisJournal({ client, connect }: RedisServer, now: () => number, tell: Tell): Journal {
  const lastSeen = createLastSeen();
  /** What others have observed. It counts while Redis is away: until then, whoever observed it has yet to tell of it. */
  const heard = createLastSeen();
  const log = createChangeLog(now);
  const turns = new Map<string, Promise<void>>();
  const reader = connect();
  let told = '0-0';

  void readOn();

  /** Until the connection is closed. */
  async function readOn(): Promise<void> {
    try {
      const [last] = await reader.xrevrange(STREAM, '+', '-', 'COUNT', 1);
      told = last?.[0] ?? told;
      for (;;) {
        for (const [id, fields] of await readAfter(reader, told)) {
          told = id;
          const change = toChange(id, fields);
          if (change !== null) tell(change);
        }
      }
    } catch {
      // Closed.
    }
  }

  function toChange(id: string, [, text]: readonly string[]): Change | null {
    if (text === undefined) return null;
    const { cell, ...difference }: Written = JSON.parse(text);
    const { gpuType, gpuCount, dataCenter } = difference.after;
    lastSeen.see({ gpuType, gpuCount, dataCenters: [dataCenter] }, [cell]);
    return { id, ...difference };
  }

  async function observe(scope: ObservationScope, cells: readonly Cell[]): Promise<void> {
    const isWritten = await write(scope, cells).catch(() => false);
    const seen = newest(heard.of(scope), lastSeen.of(scope).values());
    lastSeen.see(scope, cells);
    if (!isWritten) for (const change of log.add(findDifferences(scope, seen, cells))) tell(change);
  }

  async function write(scope: ObservationScope, cells: readonly Cell[]): Promise<boolean> {
    const key = `seen:${nameOf(scope)}`;
    const cellById = new Map(cells.map((cell) => [cell.dataCenterId, cell]));
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const [version = null, text = null] = await client.hmget(key, 'version', 'cells');
      const seen = newest(lastSeen.of(scope), text === null ? [] : JSON.parse(text));
      const written = findDifferences(scope, seen, cells).map((difference) =>
        JSON.stringify({ ...difference, cell: cellById.get(difference.after.dataCenter.id) }),
      );
      see(seen, cells);
      const oldest = String(Date.now() - KEPT_MS);
      const args = [version ?? '', randomUUID(), JSON.stringify([...seen.values()]), oldest, ...written];
      if ((await client.eval(WRITE, 2, key, STREAM, ...args)) === 1) return true;
    }
    return false;
  }

  return {
    observed(scope, cells) {
      const name = nameOf(scope);
      const turn = (turns.get(name) ?? Promise.resolve())
        .then(() => observe(scope, cells))
        .finally(() => {
          if (turns.get(name) === turn) turns.delete(name);
        });
      turns.set(name, turn);
    },
    heard: (scope, cells) => void heard.see(scope, cells),
    async reached(id) {
      const until = Date.now() + REACHED_MS;
      while (isStreamId(id) && isBefore(told, id) && Date.now() < until) await wait(LOOK_AGAIN_MS);
    },
    async since(id) {
      if (!isStreamId(id)) return log.since(id);
      const entries = await client.xrange(STREAM, id, told).catch(() => []);
      const [first, ...missed] = entries;
      if (first?.[0] !== id) return null;
      return missed.flatMap(([entryId, fields]) => toChange(entryId, fields) ?? []);
    },
  };
}

const nameOf = ({ gpuType, gpuCount }: ObservationScope): string => `${gpuCount} ${gpuType.id}`;

type Entries = readonly (readonly [id: string, fields: string[]])[];

/** What comes after an entry, as soon as something does. */
async function readAfter(reader: Redis, id: string): Promise<Entries> {
  const [stream] = (await reader.xread('COUNT', 1000, 'BLOCK', 5000, 'STREAMS', STREAM, id)) ?? [];
  return stream?.[1] ?? [];
}

/** The later of each cell: Redis may have been away, or been emptied, meanwhile. */
function newest(own: ReadonlyMap<string, SeenCell>, shared: Iterable<SeenCell>): Map<string, SeenCell> {
  const seen = new Map(own);
  for (const cell of shared) {
    const known = seen.get(cell.latest.dataCenterId);
    if (known === undefined || known.latest.observedAt <= cell.latest.observedAt)
      seen.set(cell.latest.dataCenterId, cell);
  }
  return seen;
}

const isStreamId = (id: string): boolean => /^\d{1,15}-\d{1,15}$/.test(id);

/** Whether an entry stands before another. */
function isBefore(a: string, b: string): boolean {
  const [msOfA = 0, numberOfA = 0] = a.split('-').map(Number);
  const [msOfB = 0, numberOfB = 0] = b.split('-').map(Number);
  return msOfA < msOfB || (msOfA === msOfB && numberOfA < numberOfB);
}
