import { type Client, GATEWAY } from '../domain/client.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import type { Wish } from './changes.ts';

/** How long after somebody asked for something it is kept from growing old, in milliseconds. */
const REMEMBERED_MS = 900_000;

/** What somebody wants to be renewed. */
export interface Wanted {
  /** To be called with each question, and the clients that asked it; `null` when they are not known. */
  asked(key: ObservationKey, clients: readonly Client[] | null): void;
  /** Whether nothing is wanted. */
  isNone(): boolean;
  /** Of these GPU types, which are wanted and for which pod sizes, each once. */
  among(gpuTypes: readonly GpuType[]): readonly ObservationKey[];
  /**
   * The clients that a renewal is charged to. Subscribers pay for the first answer alone: later ones are for all of them together, and
   * cost nobody. What was only asked for is charged to the client that asked last.
   */
  payersOf(key: ObservationKey, isFirst: boolean): readonly Client[];
}

/** When a question was last asked, and by whom. */
interface Asked {
  readonly at: number;
  readonly clients: readonly Client[];
}

/** What is wished for now, and what was asked for in the last quarter of an hour. `now` returns milliseconds on a steady scale. */
export function createWanted(wishes: () => readonly Wish[], now: () => number): Wanted {
  const askedBySize = new Map<number, Map<string, Asked>>();

  function forgetOld(): void {
    for (const [gpuCount, asked] of askedBySize) {
      for (const [id, { at }] of asked) if (now() - at >= REMEMBERED_MS) asked.delete(id);
      if (asked.size === 0) askedBySize.delete(gpuCount);
    }
  }

  return {
    asked({ gpuType, gpuCount }, clients) {
      const asked = askedBySize.get(gpuCount) ?? new Map<string, Asked>();
      // What nobody would pay for is asked for again, with its client, as soon as it has grown old.
      const payers = clients ?? asked.get(gpuType.id)?.clients;
      if (payers === undefined) return;
      askedBySize.set(gpuCount, asked.set(gpuType.id, { at: now(), clients: payers }));
    },
    isNone() {
      forgetOld();
      return askedBySize.size === 0 && wishes().length === 0;
    },
    among(gpuTypes) {
      forgetOld();
      const all = wishes();
      const gpuCounts = new Set([...all.map(({ gpuCount }) => gpuCount), ...askedBySize.keys()]);
      return [...gpuCounts].flatMap((gpuCount) => {
        const wishesOfSize = all.filter((wish) => wish.gpuCount === gpuCount);
        return gpuTypes
          .filter(
            (gpuType) =>
              askedBySize.get(gpuCount)?.has(gpuType.id) === true ||
              wishesOfSize.some(({ ofGpuType }) => ofGpuType(gpuType)),
          )
          .map((gpuType) => ({ gpuType, gpuCount }));
      });
    },
    payersOf({ gpuType, gpuCount }, isFirst) {
      const wished = wishes().filter((wish) => wish.gpuCount === gpuCount && wish.ofGpuType(gpuType));
      if (wished.length === 0) return askedBySize.get(gpuCount)?.get(gpuType.id)?.clients ?? [GATEWAY];
      return isFirst ? [...new Set(wished.flatMap(({ payers }) => payers))] : [GATEWAY];
    },
  };
}
