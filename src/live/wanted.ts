import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import type { Wish } from './changes.ts';

/** How long after somebody asked for something it is kept from growing old, in milliseconds. */
const REMEMBERED_MS = 900_000;

/** What somebody wants to be renewed. */
export interface Wanted {
  /** To be told of each question. */
  asked(key: ObservationKey): void;
  /** Whether nothing is wanted. */
  isNone(): boolean;
  /** Of these GPU types, which are wanted and for which pod sizes, each once. */
  among(gpuTypes: readonly GpuType[]): readonly ObservationKey[];
}

/** What is wished for now, and what was asked for in the last quarter of an hour. `now` returns milliseconds on a steady scale. */
export function createWanted(wishes: () => readonly Wish[], now: () => number): Wanted {
  const askedAt = new Map<number, Map<string, number>>();

  const isRemembered = (time: number | undefined) => time !== undefined && now() - time < REMEMBERED_MS;

  function forgetOld(): void {
    for (const [gpuCount, times] of askedAt) {
      for (const [id, time] of times) if (!isRemembered(time)) times.delete(id);
      if (times.size === 0) askedAt.delete(gpuCount);
    }
  }

  return {
    asked({ gpuType, gpuCount }) {
      const times = askedAt.get(gpuCount) ?? new Map<string, number>();
      askedAt.set(gpuCount, times.set(gpuType.id, now()));
    },
    isNone() {
      forgetOld();
      return askedAt.size === 0 && wishes().length === 0;
    },
    among(gpuTypes) {
      forgetOld();
      const all = wishes();
      const gpuCounts = new Set([...all.map(({ gpuCount }) => gpuCount), ...askedAt.keys()]);
      return [...gpuCounts].flatMap((gpuCount) => {
        const wishesOfSize = all.filter((wish) => wish.gpuCount === gpuCount);
        return gpuTypes
          .filter(
            (gpuType) =>
              askedAt.get(gpuCount)?.has(gpuType.id) === true ||
              wishesOfSize.some(({ ofGpuType }) => ofGpuType(gpuType)),
          )
          .map((gpuType) => ({ gpuType, gpuCount }));
      });
    },
  };
}
