import { type ReadonlySignal, signal } from '@preact/signals';
import type { StoredNames } from '../browser/stored-names.ts';

/**
 * The GPU types whose bell the visitor has turned on, to be notified when one of them becomes available. All tabs of a browser share the
 * bells.
 */
export interface Bells {
  /** The ids of the GPU types for which the visitor has switched on notifications (the bell). */
  readonly chosen: ReadonlySignal<ReadonlySet<string>>;
  /** Turns the bell of a GPU type on or off. Returns whether it is on now. */
  toggle(gpuTypeId: string): boolean;
}

/** Keeps the bells in `stored`, which has a separate entry for each bell. So a tab does not overwrite the bells of other tabs. */
export function createBells(stored: StoredNames): Bells {
  const chosen = signal<ReadonlySet<string>>(new Set(stored.all()));
  stored.onOtherTab(() => {
    chosen.value = new Set(stored.all());
  });
  return {
    chosen,
    toggle(gpuTypeId) {
      const next = new Set(chosen.value);
      const isChosen = !next.delete(gpuTypeId);
      if (isChosen) next.add(gpuTypeId);
      stored.set(gpuTypeId, isChosen);
      chosen.value = next;
      return isChosen;
    },
  };
}
