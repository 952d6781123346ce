import { type ReadonlySignal, signal } from '@preact/signals';
import type { StoredNames } from '../browser/stored-names.ts';

/** The GPU types, by id, whose appearance the visitor wants to be notified of. All tabs of a browser share them. */
export interface Bells {
  readonly chosen: ReadonlySignal<ReadonlySet<string>>;
  /** Adds a GPU type, or removes it. Returns whether it is chosen now. */
  toggle(gpuTypeId: string): boolean;
}

/** Bells that are kept in `stored`, where each has an entry of its own, so that tabs never overwrite each other's. */
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
