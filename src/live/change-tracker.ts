import { randomUUID } from 'node:crypto';
import type { Change } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { createChangeLog } from './change-log.ts';
import { createLastSeen } from './last-seen.ts';

/** Finds the changes between observations, reports them, and keeps them for subscribers that reconnect. */
export interface ChangeTracker {
  /** Takes each observation made by this replica, in the order in which they were loaded. */
  readonly observed: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** Takes an observation that another replica made. That replica reports the changes. */
  readonly observedElsewhere: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /**
   * Resolves when the change with this id has been reported here, because another replica may be ahead. Resolves for unknown ids
   * too.
   */
  reached(id: string): Promise<void>;
  /** Returns the changes reported after the one with this id, in order; `null` if some of them are no longer known. */
  since(id: string): Promise<readonly Change[] | null>;
}

/** Called with each change, in order. */
export type ReportChange = (change: Change) => void;

/** Creates a tracker in the memory of this process. `now` returns monotonic milliseconds. */
export function createChangeTracker(now: () => number, report: ReportChange): ChangeTracker {
  const lastSeen = createLastSeen();
  const log = createChangeLog(now);
  const epoch = randomUUID();
  let reported = 0;
  return {
    observed(scope, cells) {
      const changes = lastSeen.see(scope, cells).map((difference): Change => {
        reported += 1;
        return { id: `${epoch}:${reported}`, ...difference };
      });
      log.add(changes);
      for (const change of changes) report(change);
    },
    observedElsewhere() {},
    reached: async () => {},
    since: async (id) => log.since(id),
  };
}
