import { type Client, GATEWAY } from '../domain/client.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import type { Wish } from './changes.ts';

/** How long an answer is refreshed after the last request for it, in milliseconds. */
const REMEMBERED_MS = 900_000;

/**
 * How long after its paying client was last identified a question may be answered from memory without identifying a client, in
 * milliseconds.
 */
const NAMED_MS = 60_000;

/** The demand for answers: what subscribers and recent requests need to be kept fresh. */
export interface Wanted {
  /** Records a question and the clients that asked it. They pay for its refreshes from now on. */
  asked(key: ObservationKey, clients: readonly Client[]): void;
  /**
   * Records a question that memory can answer, without identifying the client. Returns `false` if the client must be identified
   * first: the paying client was identified more than a minute ago and may have stopped asking.
   */
  askedFromMemory(key: ObservationKey): boolean;
  /** Whether there is no demand at all. */
  isNone(): boolean;
  /** Returns the demanded combinations of these GPU types and pod sizes, each once. */
  among(gpuTypes: readonly GpuType[]): readonly ObservationKey[];
  /**
   * Returns the clients that a refresh is charged to. Subscribers pay for the first answer only; later answers serve all of them
   * and are charged to the gateway. Without subscribers, the clients that last asked pay.
   */
  payersOf(key: ObservationKey, isFirst: boolean): readonly Client[];
}

/** The last time that a question was asked, and the clients that were last identified for it. */
interface Asked {
  at: number;
  readonly namedAt: number;
  readonly clients: readonly Client[];
}

/**
 * Creates the demand from the wishes of current subscribers and the questions of the last quarter of an hour. `now` returns
 * monotonic milliseconds.
 */
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
      // A question without a recorded client is not refreshed. Once its answer is stale, the next request records its client.
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
