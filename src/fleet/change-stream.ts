import { setTimeout as wait } from 'node:timers/promises';
import type { Difference } from '../domain/change.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, type ValueShapes, type WrittenChange } from './value-shapes.ts';

/**
 * The key of the stream of changes. Its version is the version of the shape of the entries, including the fields besides the
 * change. Replicas that write another version have a stream of their own. What they observe reaches this replica through the cells
 * of shared answers.
 */
export const STREAM = 'v2:changes';

/** The position before the first entry. */
const START = '0-0';

/** How long a read waits for entries, and how long after an error the stream is read again, in milliseconds. */
const BLOCK_MS = 1000;
const READ_AGAIN_MS = 1000;

/** The callbacks of a reader of the stream. */
export interface ChangeListener {
  readonly onChange: (id: string, change: WrittenChange) => void;
  /** Called when entries before the next change are lost: the stream was emptied, or this replica was away for too long. */
  readonly onGap: () => void;
  /** Called when a read is sent. Its result includes everything that was written before. */
  readonly onSend: () => void;
  /**
   * Called when a read has returned, at least once a second while Redis is available. `isEnd` means that it returned no entries.
   */
  readonly onRead: (isEnd: boolean) => void;
  readonly onFault: (error: unknown) => void;
}

/** The stream of changes that all replicas read. */
export interface ChangeStream {
  /** The id of the last entry that was read; `null` until the end of the stream is known. */
  readonly position: () => string | null;
  /** Returns the changes between an entry and the position; `null` if some of them are lost. */
  readonly since: (id: string) => Promise<readonly (Difference & { readonly id: string })[] | null>;
}

/** Reads the stream from its current end, until the connection is closed. */
export function readChanges(
  { client, connect }: RedisServer,
  { unfit, shapes }: { readonly unfit: UnfitValues; readonly shapes: ValueShapes },
  { onChange, onGap, onSend, onRead, onFault }: ChangeListener,
): ChangeStream {
  const reader = connect();
  let position: string | null = null;

  const parse = ([, text = '']: readonly string[]) => readAs(shapes.writtenChange, text);

  void readOn();

  async function readOn(): Promise<void> {
    while (reader.status !== 'end') {
      try {
        position ??= (await reader.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0]?.[0] ?? START;
        onSend();
        const [stream] = (await reader.xread('COUNT', 1000, 'BLOCK', BLOCK_MS, 'STREAMS', STREAM, position)) ?? [];
        const entries = stream?.[1] ?? [];
        for (const [id, fields] of entries) takeSafely(id, fields);
        onRead(entries.length === 0);
      } catch (error) {
        if (isWrongType(error)) await removeStream();
        await wait(READ_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  /** Removes a value of another type from the key. Otherwise replicas could never share a change again. */
  async function removeStream(): Promise<void> {
    unfit.count('change', STREAM);
    await client.del(STREAM).catch(() => {});
  }

  function takeSafely(id: string, fields: readonly string[]): void {
    const isNext = afterOf(fields) === position;
    position = id;
    try {
      if (!isNext) onGap();
      const change = parse(fields);
      if (change === undefined) unfit.count('change', id);
      else onChange(id, change);
    } catch (error) {
      onFault(error);
    }
  }

  return {
    position: () => position,
    async since(id) {
      if (!isStreamId(id) || position === null) return null;
      // Checked first, so that an id that is not in the stream does not cost a read of everything after it.
      const [first] = await client.xrange(STREAM, id, id).catch(() => []);
      if (first === undefined) return null;
      const entries = await client.xrange(STREAM, id, position).catch(() => []);
      const [again, ...missed] = entries;
      const isWhole = missed.every(([, fields], index) => afterOf(fields) === entries[index]?.[0]);
      // Redis may have dropped the entry between the two reads.
      if (again?.[0] !== id || !isWhole) return null;
      return missed.flatMap(([entryId, fields]) => {
        const change = parse(fields);
        if (change === undefined) return [];
        const { cell: _, ...difference } = change;
        return [{ id: entryId, ...difference }];
      });
    },
  };
}

/** The id that was the last one when an entry was written; `undefined` if another program wrote the entry. */
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
