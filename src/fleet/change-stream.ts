import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Difference } from '../domain/change.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, type ValueShapes, type WrittenChange } from './value-shapes.ts';

/**
 * The key of the stream of changes. It contains the version of the format of the entries: the change and the other fields.
 * Replicas whose release uses another version have a stream of their own. Their observations reach this replica only through the
 * answers that all replicas share.
 */
export const STREAM = 'v2:changes';

/** The position before the first entry. */
const START = '0-0';

/** How long a read waits for new entries, and how long to wait after an error before the stream is read again, in milliseconds. */
const BLOCK_MS = 1000;
const READ_AGAIN_MS = 1000;

/** The most entries that one read returns. */
const MAX_READ = 1000;

/** The callbacks of a reader of the stream. */
export interface ChangeListener {
  readonly onChange: (id: string, change: WrittenChange) => void;
  /** Called when entries before the next change are lost: the stream was emptied, or this replica did not read it for too long. */
  readonly onGap: () => void;
  /** Called when a read is sent. The result of the read includes every entry that was written before. */
  readonly onSend: () => void;
  /** Called when a read has returned, at least once a second while Redis is available. `isEnd` means that the read returned no entries. */
  readonly onRead: (isEnd: boolean) => void;
  readonly onFault: (error: unknown) => void;
}

/** A change in the stream, and the id of its entry. */
interface StreamedChange extends Difference {
  readonly id: string;
}

/** The stream of changes that all replicas read. */
export interface ChangeStream {
  /** The id of the last entry that was read; `null` until the end of the stream is known. */
  readonly position: () => string | null;
  /** Returns the changes after the entry with this id, up to `position`; `null` if some of them are lost. */
  readonly since: (id: string) => Promise<readonly StreamedChange[] | null>;
}

/** Dependencies of `readChanges`. */
interface ReadChangesDeps {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
}

/** Reads the stream from its current end, until the connection is closed. */
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
  /** The id of the last entry that was read; `null` until the end of the stream is known. */
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
   * Deletes the key of the stream after its value turned out to be of another type. Otherwise replicas could never share a change
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

/** Returns the changes after the entry `id`, up to the entry `end`; `null` if some of them are lost. */
async function readBetween(
  client: Redis,
  shapes: ValueShapes,
  id: string,
  end: string,
): Promise<readonly StreamedChange[] | null> {
  if (!isStreamId(id)) return null;
  // Check this first, so that an id that is not in the stream does not cause a read of all later entries.
  const [first] = await client.xrange(STREAM, id, id).catch(() => []);
  if (first === undefined) return null;
  const entries = await client.xrange(STREAM, id, end).catch(() => []);
  const [again, ...missed] = entries;
  const isWhole = missed.every(([, fields], index) => afterOf(fields) === entries[index]?.[0]);
  // Redis may have dropped the first entry between the two reads.
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
 * Returns the id of the entry that directly preceded the given entry in the stream when it was written; `undefined` if another program
 * wrote the given entry.
 */
const afterOf = ([, , , after]: readonly string[]): string | undefined => after;

/**
 * Whether an error means that a key has a value of the wrong type for the command. Only the first word of Redis's message
 * identifies the error.
 */
export const isWrongType = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('WRONGTYPE ');

/** Whether the id of an event is the id of a stream entry. */
export const isStreamId = (id: string): boolean => /^\d{1,15}-\d{1,15}$/.test(id);

/** Whether stream entry `a` comes before stream entry `b`. */
export function isBefore(a: string, b: string): boolean {
  const [msOfA = 0, numberOfA = 0] = a.split('-').map(Number);
  const [msOfB = 0, numberOfB = 0] = b.split('-').map(Number);
  return msOfA < msOfB || (msOfA === msOfB && numberOfA < numberOfB);
}
