import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { findDifferences, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import type { Row, RowIdentity } from '../domain/row.ts';
import { createChangeLog, KEPT_MS, MAX_KEPT } from '../live/change-log.ts';
import type { Journal, Tell } from '../live/journal.ts';
import { createLastSeen, FORGOTTEN_AFTER_MS, notOlder, see } from '../live/last-seen.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, toSharedText, type ValueShapes, type WrittenChange } from './value-shapes.ts';

/** The version in both keys is that of the shape of what is in them. */
const STREAM = 'v1:changes';
const SEEN_PREFIX = 'v1:seen:';

/**
 * Writes what was seen and what has changed, unless another replica has seen more meanwhile. Overwrites what is not a hash. Redis
 * numbers the changes by its own clock, so old ones are dropped by that clock too.
 */
const WRITE = `
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'cells', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ${FORGOTTEN_AFTER_MS})
for i = 5, #ARGV do redis.call('XADD', KEYS[2], 'MAXLEN', '~', ${MAX_KEPT}, '*', 'change', ARGV[i]) end
local oldest = tonumber(redis.call('TIME')[1]) * 1000 - ARGV[4]
if #ARGV > 4 then redis.call('XTRIM', KEYS[2], 'MINID', '~', string.format('%d', oldest)) end
return 1`;

/** How often what was seen is compared anew when another replica has seen more. */
const MOST_TRIES = 20;

/** How long another replica's event is waited for, and how soon it is looked for again, in milliseconds. */
const REACHED_MS = 1000;
const LOOK_AGAIN_MS = 20;

/** How long after an error the stream is read again, in milliseconds. */
const READ_AGAIN_MS = 1000;

/** What the journal reports. */
export interface JournalOptions {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
  /** Called with an error while a change was being found or sent, which costs that observation's changes alone. */
  readonly onFault: (error: unknown) => void;
}

/**
 * A journal in Redis. What was last seen of a GPU type, and what has changed since, are written at once, so that of two replicas
 * that see the same change one tells it. Every replica tells what stands in the stream, in its order. While Redis is away, each
 * tells what it sees itself; what it told then it does not tell again.
 */
export function createRedisJournal(
  { client, connect }: RedisServer,
  { unfit, shapes, onFault }: JournalOptions,
  now: () => number,
  tell: Tell,
): Journal {
  /** What was seen here, and what is known to be written: a Redis that has lost what it had goes on from there. */
  const lastSeen = createLastSeen();
  const lastWritten = createLastSeen();
  /** What others have observed. It counts while Redis is away: until then, whoever observed it has yet to tell of it. */
  const heard = createLastSeen();
  const log = createChangeLog(now);
  const toldAlone = new Map<string, string>();
  const turns = new Map<string, Promise<void>>();
  const reader = connect();
  /** The entry of the stream that was told last; `null` until it is known where the stream ends. */
  let told: string | null = null;

  const parse = ([, text = '']: readonly string[]) => readAs(shapes.writtenChange, text);

  void readOn();

  /** Until the connection is closed. */
  async function readOn(): Promise<void> {
    while (reader.status !== 'end') {
      try {
        told ??= (await reader.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0-0';
        for (const [id, fields] of await readAfter(reader, told)) {
          told = id;
          takeSafely(id, fields);
        }
      } catch (error) {
        if (isWrongType(error)) await removeStream();
        await wait(READ_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  /** Removes what is under the stream's key and is not a stream; replicas would never share a change again. */
  async function removeStream(): Promise<void> {
    unfit.count('change', STREAM);
    await client.del(STREAM).catch(() => {});
  }

  function takeSafely(id: string, fields: readonly string[]): void {
    try {
      take(id, fields);
    } catch (error) {
      onFault(error);
    }
  }

  function take(id: string, fields: readonly string[]): void {
    const written = parse(fields);
    if (written === undefined) {
      unfit.count('change', id);
      return;
    }
    const { cell, ...difference } = written;
    const { gpuType, gpuCount, dataCenter } = difference.after;
    const scope = { gpuType, gpuCount, dataCenters: [dataCenter] };
    lastWritten.see(scope, [cell]);
    lastSeen.see(scope, [cell]);
    const name = cellOf(difference);
    const isToldAlready = toldAlone.get(name) === signatureOf(difference.after);
    toldAlone.delete(name);
    if (isToldAlready) return;
    const change = { id, ...difference };
    log.add([change]);
    tell(change);
  }

  async function observe(scope: ObservationScope, cells: readonly Cell[]): Promise<void> {
    // Who does not know where the stream ends might not hear of what it writes.
    const isWritten = told !== null && (await write(scope, cells).catch(() => false));
    const seen = newest(heard.of(scope), lastSeen.of(scope).values());
    const news = notOlder(cells, seen);
    lastSeen.see(scope, news);
    if (isWritten) return;
    for (const difference of findDifferences(scope, seen, news)) {
      toldAlone.set(cellOf(difference), signatureOf(difference.after));
      const change = { id: `alone:${randomUUID()}`, ...difference };
      log.add([change]);
      tell(change);
    }
  }

  /** The cells that replicas last saw, and the version to overwrite. What does not fit counts as absent, and is overwritten too. */
  async function readSeen(key: string) {
    const none: (string | null)[] = [];
    const [version = null, text = null] = await client.hmget(key, 'version', 'cells').catch((error: unknown) => {
      if (!isWrongType(error)) throw error;
      unfit.count('seen', key);
      return none;
    });
    const cells = text === null ? undefined : readAs(shapes.seenCells, text);
    if (text !== null && cells === undefined) unfit.count('seen', key);
    return { version, cells };
  }

  async function write(scope: ObservationScope, cells: readonly Cell[]): Promise<boolean> {
    const key = `${SEEN_PREFIX}${nameOf(scope)}`;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { version, cells: shared } = await readSeen(key);
      const seen =
        shared === undefined ? newest(heard.of(scope), lastWritten.of(scope).values()) : newest(new Map(), shared);
      const own = [...lastSeen.of(scope).values()].map(({ latest }) => latest);
      // What was told here while Redis was away is told to the others first.
      const written = [own, cells].flatMap((some) => differ(scope, seen, notOlder(some, seen)));
      const args = [version ?? '', randomUUID(), toSharedText([...seen.values()]), String(KEPT_MS)];
      const texts = written.map(toSharedText);
      if ((await client.eval(WRITE, 2, key, STREAM, ...args, ...texts)) === 1) {
        lastWritten.see(
          scope,
          [...seen.values()].map(({ latest }) => latest),
        );
        const named = new Set(written.map(cellOf));
        for (const dataCenter of scope.dataCenters) {
          const name = cellOf({ after: { ...scope, dataCenter } });
          if (!named.has(name)) toldAlone.delete(name);
        }
        return true;
      }
    }
    return false;
  }

  return {
    observed(scope, cells) {
      const name = nameOf(scope);
      const turn = (turns.get(name) ?? Promise.resolve())
        .then(() => observe(scope, cells))
        .catch(onFault)
        .finally(() => {
          if (turns.get(name) === turn) turns.delete(name);
        });
      turns.set(name, turn);
    },
    heard: (scope, cells) => void heard.see(scope, cells),
    async reached(id) {
      const until = performance.now() + REACHED_MS;
      while (isStreamId(id) && isBefore(told ?? '0-0', id) && performance.now() < until) await wait(LOOK_AGAIN_MS);
    },
    async since(id) {
      const toldHere = log.since(id);
      if (toldHere !== null) return toldHere;
      // What was told here while Redis was away does not stand in the stream.
      if (!isStreamId(id) || told === null || log.has((change) => !isStreamId(change.id))) return null;
      const [first, ...missed] = await client.xrange(STREAM, id, told).catch(() => []);
      if (first?.[0] !== id) return null;
      return missed.flatMap(([entryId, fields]) => {
        const written = parse(fields);
        if (written === undefined) return [];
        const { cell: _, ...difference } = written;
        return [{ id: entryId, ...difference }];
      });
    },
  };
}

/** Whether a key has a value of another type than the command works on. Redis says so in the first word of its message alone. */
const isWrongType = (error: unknown): boolean => error instanceof Error && error.message.startsWith('WRONGTYPE ');

/** What cells differ in from what was seen, and the cells; sees them. */
function differ(
  scope: ObservationScope,
  seen: Map<string, SeenCell>,
  cells: readonly Cell[],
): readonly WrittenChange[] {
  const cellById = new Map(cells.map((cell) => [cell.dataCenterId, cell]));
  const written = findDifferences(scope, seen, cells).flatMap((difference): WrittenChange[] => {
    const cell = cellById.get(difference.after.dataCenter.id);
    return cell?.failure === null ? [{ ...difference, cell }] : [];
  });
  see(seen, cells);
  return written;
}

const cellOf = ({ after }: { readonly after: RowIdentity }): string =>
  `${after.gpuCount} ${after.gpuType.id} ${after.dataCenter.id}`;

/** What a subscriber can tell two changes of a cell apart by. */
const signatureOf = ({ stock, onDemandPrice, spotPrice }: Row): string =>
  `${stock} ${onDemandPrice?.perPod} ${spotPrice?.perPod}`;

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
    if (known === undefined || known.latest.askedAt <= cell.latest.askedAt) seen.set(cell.latest.dataCenterId, cell);
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
