import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../../domain/errors.ts';
import type { Permit } from '../../domain/permit.ts';
import type { LoopTurns } from './loop-turns.ts';

/**
 * Runs the work of a large operation. The operation needs a permit, because only a few large operations may run at the same time. Each
 * piece of work waits for a turn of the event loop.
 */
export interface PermittedWork {
  /** Obtains the permit if necessary, waits for a turn of the event loop, and runs `work`. Rejects with the same errors as `Pace.run`. */
  run<T>(work: () => T | Promise<T>): Promise<T>;
  /**
   * Waits for `loading` without requesting a permit. Resolves or rejects as `loading` does, or rejects earlier with the same error as
   * `Pace.load`.
   */
  load<T>(loading: Promise<T>): Promise<T>;
}

/** Creates the object that runs the work of one large operation. */
export function createPermittedWork(turns: LoopTurns, permit: Permit): PermittedWork {
  const loads = new Set<Promise<unknown>>();
  const left = turns.queue();

  async function obtainPermit(): Promise<void> {
    // Waits for the next turn of the event loop, so that other fields of the operation can start to load data first. This field requests no
    // permit while the other fields load.
    await nextTurn();
    // oxlint-disable-next-line no-await-in-loop -- Another load may start in the meantime.
    while (loads.size > 0 && !permit.isClosed()) await Promise.allSettled(loads);
    const shortage = await permit.obtain();
    if (shortage !== null) throw new OverloadedError(shortage);
  }

  function inTurn<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      // Runs the work in the async context of this operation. Otherwise, the trace spans of the work would belong to another operation.
      const scope = new AsyncResource('Pace');
      left.add(() => {
        try {
          if (permit.isClosed()) throw new DOMException('The client has disconnected', 'AbortError');
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
