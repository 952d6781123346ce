import { randomUUID } from 'node:crypto';
import type { Change, Difference } from '../domain/change.ts';

/** Changes that are kept at most, whatever their age: several times the whole matrix. */
const MAX_KEPT = 20_000;

/** What happened of late. */
export interface ChangeLog {
  /** Writes differences down, each with an id of its own. */
  add(differences: readonly Difference[]): readonly Change[];
  /** What was written after the change with this id, in order; `null` when that is not known any more. */
  since(id: string): readonly Change[] | null;
}

interface Entry {
  readonly change: Change;
  readonly writtenAt: number;
}

/** An empty log, in which changes stand for `keptMs` milliseconds. `now` gives milliseconds since 1970. */
export function createChangeLog(keptMs: number, now: () => number): ChangeLog {
  const entries: Entry[] = [];
  const epoch = randomUUID();
  let written = 0;

  function forgetOld(): void {
    const firstKept = entries.findIndex(({ writtenAt }) => now() - writtenAt < keptMs);
    const old = firstKept < 0 ? entries.length : firstKept;
    entries.splice(0, Math.max(old, entries.length - MAX_KEPT));
  }

  return {
    add(differences) {
      const changes = differences.map((difference) => {
        written += 1;
        return { id: `${epoch}:${written}`, ...difference };
      });
      entries.push(...changes.map((change) => ({ change, writtenAt: now() })));
      forgetOld();
      return changes;
    },
    since(id) {
      forgetOld();
      const index = entries.findIndex(({ change }) => change.id === id);
      return index < 0 ? null : entries.slice(index + 1).map(({ change }) => change);
    },
  };
}
