import type { Change } from '../domain/change.ts';

/** How long changes are kept for who comes back, in milliseconds. */
export const KEPT_MS = 600_000;

/** Changes that are kept at most, whatever their age: several times the whole matrix. */
export const MAX_KEPT = 20_000;

/** What was told of late. */
export interface ChangeLog {
  /** Writes changes down. */
  add(changes: readonly Change[]): void;
  /** What was written after the change with this id, in order; `null` when some of that is not known any more. */
  since(id: string): readonly Change[] | null;
  /** Whether such a change is known. */
  has(isSuch: (change: Change) => boolean): boolean;
}

interface Entry {
  readonly change: Change;
  readonly writtenAt: number;
}

/** An empty log. `now` returns milliseconds on a steady scale. */
export function createChangeLog(now: () => number): ChangeLog {
  const entries: Entry[] = [];
  /** The last that was dropped: nothing after it is lost. */
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
