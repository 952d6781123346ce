import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Difference } from '../domain/change.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, type ValueShapes, type WrittenChange } from './value-shapes.ts';

/**
 * The key of the stream of changes in Redis. It contains the version of the stream's format, so releases with different formats use
 * different streams. A replica does not read the streams of releases with another format. Instead, it learns their changes from the
 * observations in Redis, if both releases store these in the same format (see `observedElsewhere` in redis-change-tracker.ts).
 */
export const STREAM = 'v2:changes';

/** The position before the first entry of the stream. */
const START = '0-0';

/** How long a read waits for new entries, in milliseconds. */
const BLOCK_MS = 1000;
/** How long the reader waits after an error before it reads again, in milliseconds. */
const READ_AGAIN_MS = 1000;

/** The maximum number of entries that one read returns. */
const MAX_READ = 1000;

/** The callbacks of a reader of the stream of changes, which all replicas share. */
export interface ChangeListener {
  readonly onChange: (id: string, change: WrittenChange) => void;
  /**
   * Called before `onChange` if entries before the change are lost. Entries are lost if the stream was emptied, or if this replica has not
   * read the stream for too long.
   */
  readonly onGap: () => void;
  /** Called just before a read is sent. The read will return every entry that was written before this call. */
  readonly onSend: () => void;
  /**
   * Called when a read has returned, which happens at least once a second while Redis is available. `isEnd` is whether the read returned no
   * entries.
   */
  readonly onRead: (isEnd: boolean) => void;
  readonly onFault: (error: unknown) => void;
}

/** A change in the stream, and the id of its entry. */
interface StreamedChange extends Difference {
  readonly id: string;
}

/** A reader of the stream of changes. All replicas read this stream. */
export interface ChangeStream {
  /**
   * The id of the last entry that was read. Reading starts at the end of the stream, so this is `null` until Redis has returned the id of
   * the last entry.
   */
  readonly position: () => string | null;
  /** Returns the changes after the entry with this id, up to the entry `position()`. Returns `null` if some of these changes are lost. */
  readonly since: (id: string) => Promise<readonly StreamedChange[] | null>;
}

/** Dependencies of `readChanges`. */
interface ReadChangesDeps {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
}

/** Starts to read the stream of changes from its current end. Reading ends when the connection is closed. */
export function readChanges(redis: RedisServer, deps: ReadChangesDeps, listener: ChangeListener): ChangeStream {
  const reader = new StreamReader(redis, deps, listener);
  void reader.run();
  return {
    position: () => reader.position,
    since: async (id) =>
      reader.position === null ? null : readBetween(redis.client, deps.shapes, id, reader.position),
  };
}

class StreamReader {
  readonly #client: Redis;
  readonly #connection: Redis;
  readonly #deps: ReadChangesDeps;
  readonly #listener: ChangeListener;
  /**
   * The id of the last entry that was read. Reading starts at the end of the stream, so this is `null` until Redis has returned the id of
   * the last entry.
   */
  position: string | null = null;

  constructor({ client, connect }: RedisServer, deps: ReadChangesDeps, listener: ChangeListener) {
    this.#client = client;
    this.#connection = connect();
    this.#deps = deps;
    this.#listener = listener;
  }

  async run(): Promise<void> {
    while (this.#connection.status !== 'end') {
      try {
        await this.#readNext();
      } catch (error) {
        if (isWrongType(error)) await this.#removeStream();
        await wait(READ_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  async #readNext(): Promise<void> {
    const connection = this.#connection;
    this.position ??= (await connection.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0]?.[0] ?? START;
    this.#listener.onSend();
    const streams = await connection.xread('COUNT', MAX_READ, 'BLOCK', BLOCK_MS, 'STREAMS', STREAM, this.position);
    const entries = streams?.[0]?.[1] ?? [];
    for (const [id, fields] of entries) this.#take(id, fields);
    this.#listener.onRead(entries.length === 0);
  }

  /**
   * Deletes the value under the stream's key, because it is not a stream. Without the deletion, the replicas could never share a change
   * again.
   */
  async #removeStream(): Promise<void> {
    this.#deps.unfit.count('change', STREAM);
    await this.#client.del(STREAM).catch(() => {});
  }

  #take(id: string, fields: readonly string[]): void {
    const { onGap, onChange, onFault } = this.#listener;
    const isNext = afterOf(fields) === this.position;
    this.position = id;
    try {
      if (!isNext) onGap();
      const change = parseChange(this.#deps.shapes, fields);
      if (change === undefined) this.#deps.unfit.count('change', id);
      else onChange(id, change);
    } catch (error) {
      onFault(error);
    }
  }
}

/** Returns the changes after the entry `id`, up to and including the entry `end`. Returns `null` if some of these changes are lost. */
async function readBetween(
  client: Redis,
  shapes: ValueShapes,
  id: string,
  end: string,
): Promise<readonly StreamedChange[] | null> {
  if (!isStreamId(id)) return null;
  // Checks first whether the stream still contains the entry `id`. If not, changes are lost, and the second read, which may be long, is
  // skipped.
  const [first] = await client.xrange(STREAM, id, id).catch(() => []);
  if (first === undefined) return null;
  const entries = await client.xrange(STREAM, id, end).catch(() => []);
  const [again, ...missed] = entries;
  const isWhole = missed.every(([, fields], index) => afterOf(fields) === entries[index]?.[0]);
  // Redis may have dropped the entry `id` between the two reads. Some of the changes after it may then be lost.
  if (again?.[0] !== id || !isWhole) return null;
  return missed.flatMap(([entryId, fields]) => {
    const change = parseChange(shapes, fields);
    if (change === undefined) return [];
    const { cell: _, ...difference } = change;
    return [{ id: entryId, ...difference }];
  });
}

const parseChange = (shapes: ValueShapes, [, text = '']: readonly string[]): WrittenChange | undefined =>
  readAs(shapes.writtenChange, text);

/**
 * Returns the id of the previous entry in the stream, which is stored in each entry. Returns `undefined` if another program wrote the
 * entry.
 */
const afterOf = ([, , , after]: readonly string[]): string | undefined => after;

/**
 * Whether Redis has refused a command because the value of a key has the wrong type. The first word of Redis's message is the code of this
 * error.
 */
export const isWrongType = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('WRONGTYPE ');

/** Whether the id of an event has the form of a stream entry's id. */
export const isStreamId = (id: string): boolean => /^\d{1,15}-\d{1,15}$/.test(id);

/** Whether stream entry `a` comes before stream entry `b`. */
export function isBefore(a: string, b: string): boolean {
  const [msOfA = 0, numberOfA = 0] = a.split('-').map(Number);
  const [msOfB = 0, numberOfB = 0] = b.split('-').map(Number);
  return msOfA < msOfB || (msOfA === msOfB && numberOfA < numberOfB);
}
