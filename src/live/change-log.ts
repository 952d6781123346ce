import type { Change } from '../domain/change.ts';

/** How long changes are stored for subscribers that reconnect, in milliseconds. */
export const KEPT_MS = 600_000;

/** The maximum number of stored changes, whatever their age: several times the number of cells. The oldest changes are dropped first. */
export const MAX_KEPT = 20_000;

/** The recent changes of stock and prices, in the order in which they were sent to subscribers. */
export interface ChangeLog {
  /** Appends changes. */
  add(changes: readonly Change[]): void;
  /** Returns the changes after the change with this id, in order; `null` if some of them may have been dropped. */
  since(id: string): readonly Change[] | null;
  /** Whether the log contains a change for which `isSuch` returns true. */
  has(isSuch: (change: Change) => boolean): boolean;
}

interface Entry {
  readonly change: Change;
  readonly writtenAt: number;
}

/** Creates an empty log. `now` returns monotonic milliseconds. */
export function createChangeLog(now: () => number): ChangeLog {
  const entries: Entry[] = [];
  /** The id of the last dropped change. Every change after it is still in the log. */
  let lastDropped: string | null = null;

  function forgetOld(): void {
    const firstKept = entries.findIndex(({ writtenAt }) => now() - writtenAt < KEPT_MS);
    const old = firstKept < 0 ? entries.length : firstKept;
    const dropped = entries.splice(0, Math.max(old, entries.length - MAX_KEPT));
    lastDropped = dropped.at(-1)?.change.id ?? lastDropped;
  }

  return {
    add(changes) {
      const writtenAt = now();
      entries.push(...changes.map((change) => ({ change, writtenAt })));
      forgetOld();
    },
    since(id) {
      forgetOld();
      const index = entries.findLastIndex(({ change }) => change.id === id);
      if (index < 0 && id !== lastDropped) return null;
      return entries.slice(index + 1).map(({ change }) => change);
    },
    has: (isSuch) => entries.some(({ change }) => isSuch(change)),
  };
}
