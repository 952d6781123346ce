import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../../domain/errors.ts';
import type { Permit } from '../../domain/permit.ts';
import type { LoopTurns } from './loop-turns.ts';

/** Runs the work of a large operation. The operation needs a permit, and each piece of work waits for its turn of the event loop. */
export interface PermittedWork {
  /** Runs `work` in its turn, after the operation has obtained its permit. Rejects with the same errors as `Pace.run`. */
  run<T>(work: () => T | Promise<T>): Promise<T>;
  /** Settles like `loading`. The operation does not request a permit until then. Rejects early with the same error as `Pace.load`. */
  load<T>(loading: Promise<T>): Promise<T>;
}

/** Creates the runner of one operation. */
export function createPermittedWork(turns: LoopTurns, permit: Permit): PermittedWork {
  const loads = new Set<Promise<unknown>>();
  const left = turns.queue();

  async function obtainPermit(): Promise<void> {
    // Other fields of the operation may start to load in the rest of this turn.
    await nextTurn();
    // oxlint-disable-next-line no-await-in-loop -- Another load may start in the meantime.
    while (loads.size > 0 && !permit.isClosed()) await Promise.allSettled(loads);
    const shortage = await permit.obtain();
    if (shortage !== null) throw new OverloadedError(shortage);
  }

  function inTurn<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      // The spans of this work belong to this operation, not to the operation that had its turn before.
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
