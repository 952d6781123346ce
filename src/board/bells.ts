import { type ReadonlySignal, signal } from '@preact/signals';
import type { Stored } from './stored.ts';

/** GPU types, by id, about which somebody wants to be told when they appear. */
export interface Bells {
  readonly chosen: ReadonlySignal<ReadonlySet<string>>;
  /** Chooses a GPU type, or lets it go. Returns whether it is chosen now. */
  toggle(gpuTypeId: string): boolean;
}

export function createBells(stored: Stored): Bells {
  const chosen = signal<ReadonlySet<string>>(new Set(parseIds(stored.read())));
  return {
    chosen,
    toggle(gpuTypeId) {
      const next = new Set(chosen.value);
      if (!next.delete(gpuTypeId)) next.add(gpuTypeId);
      chosen.value = next;
      stored.write(JSON.stringify([...next]));
      return next.has(gpuTypeId);
    },
  };
}

/** Ids as they were kept; whatever else stands there is none. */
function parseIds(text: string | null): readonly string[] {
  try {
    const ids: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
