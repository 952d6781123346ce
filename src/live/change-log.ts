import { randomUUID } from 'node:crypto';
import type { Change, Difference } from '../domain/change.ts';

/** How long changes are kept for who comes back, in milliseconds. */
export const KEPT_MS = 600_000;

/** Changes that are kept at most, whatever their age: several times the whole matrix. */
export const MAX_KEPT = 20_000;

/** What happened of late. */
export interface ChangeLog {
  /** Writes differences down, each with an id of its own. */
  add(differences: readonly Difference[]): readonly Change[];
  /** What was written after the change with this id, in order; `null` when some of that is not known any more. */
  since(id: string): readonly Change[] | null;
}

interface Entry {
  readonly number: number;
  readonly change: Change;
  readonly writtenAt: number;
}

/** An empty log. `now` gives milliseconds since 1970. */
export function createChangeLog(now: () => number): ChangeLog {
  const entries: Entry[] = [];
  const epoch = randomUUID();
  let written = 0;
  let forgotten = 0;

  function forgetOld(): void {
    const firstKept = entries.findIndex(({ writtenAt }) => now() - writtenAt < KEPT_MS);
    const old = firstKept < 0 ? entries.length : firstKept;
    const dropped = entries.splice(0, Math.max(old, entries.length - MAX_KEPT));
    forgotten = dropped.at(-1)?.number ?? forgotten;
  }

  return {
    add(differences) {
      const writtenAt = now();
      const added = differences.map((difference): Entry => {
        written += 1;
        return { number: written, change: { id: `${epoch}:${written}`, ...difference }, writtenAt };
      });
      entries.push(...added);
      forgetOld();
      return added.map(({ change }) => change);
    },
    since(id) {
      forgetOld();
      const [, ofEpoch, digits = ''] = /^(.+):(\d{1,15})$/.exec(id) ?? [];
      const last = Number(digits);
      if (ofEpoch !== epoch || last > written || last < forgotten) return null;
      return entries.filter(({ number }) => number > last).map(({ change }) => change);
    },
  };
}
