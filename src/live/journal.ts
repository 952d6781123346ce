import { randomUUID } from 'node:crypto';
import type { Change } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { createChangeLog } from './change-log.ts';
import { createLastSeen } from './last-seen.ts';

/** Finds out what has changed, tells it, and keeps it for who comes back. */
export interface Journal {
  /** To be told of each observation, in the order of loading. */
  readonly observed: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** To be told of what another replica has observed, which tells what changed. */
  readonly heard: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** Resolves when the change with this id was told, as far as it is known at all: another replica may be ahead. */
  reached(id: string): Promise<void>;
  /** What was told until now after the change with this id, in order; `null` when some of that is not known any more. */
  since(id: string): Promise<readonly Change[] | null>;
}

/** Told of each change, in order. */
export type Tell = (change: Change) => void;

/** A journal in this process's memory. `now` returns milliseconds on a steady scale. */
export function createJournal(now: () => number, tell: Tell): Journal {
  const lastSeen = createLastSeen();
  const log = createChangeLog(now);
  const epoch = randomUUID();
  let told = 0;
  return {
    observed(scope, cells) {
      const changes = lastSeen.see(scope, cells).map((difference): Change => {
        told += 1;
        return { id: `${epoch}:${told}`, ...difference };
      });
      log.add(changes);
      for (const change of changes) tell(change);
    },
    heard() {},
    reached: async () => {},
    since: async (id) => log.since(id),
  };
}
