import { randomUUID } from 'node:crypto';
import type { Change } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { createChangeLog } from './change-log.ts';
import { createLastSeen } from './last-seen.ts';

/**
 * Compares each new observation of stock and prices with the previous one. Reports the changes, and stores them for subscribers that
 * reconnect.
 */
export interface ChangeTracker {
  /** Call this with each observation that this replica has loaded, in the order of loading. */
  readonly observed: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /**
   * Call this with each observation that another replica has loaded. Its changes are reported here only if the subscribers of this replica
   * do not know them yet.
   */
  readonly observedElsewhere: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /**
   * Waits until this replica has reported the change with this id. The client may have received this change from another replica, which
   * reported it earlier. Also resolves if the id is unknown, or after a time limit.
   */
  reached(id: string): Promise<void>;
  /** Returns the changes that were reported after the change with this id, in order; `null` if some of them are no longer available. */
  since(id: string): Promise<readonly Change[] | null>;
}

/** A callback that receives each change, in order. */
export type ReportChange = (change: Change) => void;

/** Creates a tracker that keeps all of its data in the memory of this process. `now` returns monotonic milliseconds. */
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
