import { setTimeout as wait } from 'node:timers/promises';
import type { Difference } from '../domain/change.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, type ValueShapes, type WrittenChange } from './value-shapes.ts';

/**
 * The key of the stream of changes. The version is that of the shape of its entries, the fields besides the change included. Replicas
 * that write another version have a stream of their own, and read in the cells of shared answers what the others observed.
 */
export const STREAM = 'v2:changes';

/** The position before the first entry. */
const START = '0-0';

/** How long a read waits for entries, and how long after an error the stream is read again, in milliseconds. */
const BLOCK_MS = 1000;
const READ_AGAIN_MS = 1000;

/** What happens to a reader of the stream. */
export interface ChangeListener {
  readonly onChange: (id: string, change: WrittenChange) => void;
  /** Entries before the next change are lost: the stream was emptied, or this replica was away for too long. */
  readonly onGap: () => void;
  /** A read is sent. Its answer includes everything that was written before. */
  readonly onSend: () => void;
  /** The read that was sent last returned, at least once a second while Redis is there; `isEnd` when there were no more entries. */
  readonly onRead: (isEnd: boolean) => void;
  readonly onFault: (error: unknown) => void;
}

/** The stream of changes that all replicas read. */
export interface ChangeStream {
  /** The id of the last entry that was read; `null` until the end of the stream is known. */
  readonly position: () => string | null;
  /** The changes between an entry and the position; `null` when some of them are lost. */
  readonly since: (id: string) => Promise<readonly (Difference & { readonly id: string })[] | null>;
}

/** Reads the stream from its end on, until the connection is closed. */
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

  /** Removes a value of another type. Replicas could never share a change again. */
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
      // An id that is not in the stream must not cost a read of everything after it.
      const [first] = await client.xrange(STREAM, id, id).catch(() => []);
      if (first === undefined) return null;
      const entries = await client.xrange(STREAM, id, position).catch(() => []);
      const [again, ...missed] = entries;
      const isWhole = missed.every(([, fields], index) => afterOf(fields) === entries[index]?.[0]);
      // Redis may have dropped the entry since.
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

/** The id of the entry that was the last one when an entry was written; `undefined` when another program wrote the entry. */
const afterOf = ([, , , after]: readonly string[]): string | undefined => after;

/** Whether a key has a value of another type than the command works on. Redis says so only in the first word of its message. */
export const isWrongType = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('WRONGTYPE ');

/** Whether an event has the id of an entry of the stream. */
export const isStreamId = (id: string): boolean => /^\d{1,15}-\d{1,15}$/.test(id);

/** Whether an entry is before another one in the stream. */
export function isBefore(a: string, b: string): boolean {
  const [msOfA = 0, numberOfA = 0] = a.split('-').map(Number);
  const [msOfB = 0, numberOfB = 0] = b.split('-').map(Number);
  return msOfA < msOfB || (msOfA === msOfB && numberOfA < numberOfB);
}
