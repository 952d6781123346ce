import { type Client, GATEWAY } from '../domain/client.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import type { Wish } from './changes.ts';

/** How long a question is renewed after it was last asked, in milliseconds. */
const REMEMBERED_MS = 900_000;

/** How long after a client was named for a question the same question may be answered without naming one, in milliseconds. */
const NAMED_MS = 60_000;

/** What somebody wants to be renewed. */
export interface Wanted {
  /** Notes a question and the clients that asked it, which pay for its renewals from now on. */
  asked(key: ObservationKey, clients: readonly Client[]): void;
  /**
   * Notes a question that memory can answer, so that its client is not known. Returns `false` when the question must be answered in
   * the way that names its client instead: the client that pays was named more than a minute ago, and might not ask any more.
   */
  askedFromMemory(key: ObservationKey): boolean;
  /** Whether nothing is wanted. */
  isNone(): boolean;
  /** Of these GPU types, which are wanted and for which pod sizes, each once. */
  among(gpuTypes: readonly GpuType[]): readonly ObservationKey[];
  /**
   * The clients that a renewal is charged to. Subscribers pay for the first answer alone: later ones are for all of them together, and
   * cost nobody. A question without subscribers is charged to the client that was last named for it.
   */
  payersOf(key: ObservationKey, isFirst: boolean): readonly Client[];
}

/** The last time that a question was asked, and the clients that were last named for it. */
interface Asked {
  at: number;
  readonly namedAt: number;
  readonly clients: readonly Client[];
}

/** What subscribers wish for now, and what was asked in the last quarter of an hour. `now` returns milliseconds on a steady scale. */
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
      askedBySize.set(gpuCount, asked.set(gpuType.id, { at: now(), namedAt: now(), clients }));
    },
    askedFromMemory({ gpuType, gpuCount }) {
      const asked = askedBySize.get(gpuCount)?.get(gpuType.id);
      // Without a payer nothing is remembered. Once the answer is stale, the next question names its client.
      if (asked === undefined) return true;
      if (now() - asked.namedAt >= NAMED_MS) return false;
      asked.at = now();
      return true;
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
