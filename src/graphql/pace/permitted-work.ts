import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../../domain/errors.ts';
import type { Permit } from '../../domain/permit.ts';
import type { LoopTurns } from './loop-turns.ts';

/** The work of a large operation, which needs a permit, and a turn of the event loop for each piece. */
export interface PermittedWork {
  /** Runs `work` in a turn of its own, once the operation has its permit. Rejects as `Pace.run` does. */
  run<T>(work: () => T | Promise<T>): Promise<T>;
  /** Returns what is being loaded. Rejects as `Pace.load` does. */
  load<T>(loading: Promise<T>): Promise<T>;
}

/** Creates the work of one operation. */
export function createPermittedWork(turns: LoopTurns, permit: Permit): PermittedWork {
  const loads = new Set<Promise<unknown>>();
  const left = turns.queue();

  async function obtainPermit(): Promise<void> {
    // Fields that come after this one in the operation begin to load in this turn.
    await nextTurn();
    // oxlint-disable-next-line no-await-in-loop -- One load may begin while another one goes on.
    while (loads.size > 0 && !permit.isClosed()) await Promise.allSettled(loads);
    const shortage = await permit.obtain();
    if (shortage !== null) throw new OverloadedError(shortage);
  }

  function inTurn<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      // Spans that the work opens belong to this operation, not to the one whose turn it was before.
      const scope = new AsyncResource('Pace');
      left.add(() => {
        try {
          if (permit.isClosed()) throw new DOMException('The client has left', 'AbortError');
          resolve(scope.runInAsyncScope(work));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  return {
    async run(work) {
      permit.beginWork();
      let done: { readonly result: ReturnType<typeof work> };
      try {
        if (!permit.isHeld()) await obtainPermit();
        done = await inTurn(() => ({ result: work() }));
      } finally {
        permit.endWork();
      }
      return done.result;
    },
    load(loading) {
      return new Promise((resolve, reject) => {
        const stop = permit.onOverdue((shortage) => reject(new OverloadedError(shortage)));
        const end = () => {
          loads.delete(loading);
          stop();
        };
        loads.add(loading);
        loading.then(resolve, reject);
        loading.then(end, end);
      });
    },
  };
}
