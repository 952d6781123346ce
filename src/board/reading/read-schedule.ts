import { retryDelayMs } from '../gateway/retry-delay.ts';
import type { GpuTypeResponse } from '../state/response.ts';
import { MIN_READ_INTERVAL_MS } from '../timing.ts';

/** Decides when the board reads again. */
export interface ReadSchedule {
  /** Records a read of these GPU types. `responses` contains the latest stored response about each GPU type that has one. */
  recordRead(gpuTypeIds: readonly string[], responses: ReadonlyMap<string, GpuTypeResponse>): void;
  /** Returns the waiting time between the recorded read and the next one, in milliseconds: at most `longestMs`. */
  nextReadInMs(longestMs: number): number;
}

/** The state of the data about a GPU type in the board's latest read. */
interface Seen {
  readonly observedAt: string | null;
  /** When the board first saw this observation, in milliseconds since 1970. */
  readonly firstSeenAt: number;
  readonly state: 'fresh' | 'stale' | 'missing';
}

/**
 * Schedules the board's reads. While the data of a GPU type is stale or missing, the gateway is fetching it, so the board reads again after
 * a second. This delay doubles with each further read that renews no such data, and returns to a second when a read renews some. While all
 * data is fresh, the board waits for the longest time that it has seen data stay fresh. So the board adapts to the gateway's setting
 * `FRESH_SECONDS` without knowing it, and without comparing the clock of the visitor's machine with the gateway's clock. `now` returns
 * milliseconds since 1970.
 */
export function createReadSchedule(now: () => number): ReadSchedule {
  let seen: ReadonlyMap<string, Seen> = new Map();
  let isWaiting = false;
  let fruitlessReads = 0;
  let freshForMs = 0;

  function look(response: GpuTypeResponse | undefined, before: Seen | undefined): Seen {
    const observedAt = response?.nodes[0]?.observedAt ?? null;
    const isSame = before?.observedAt === observedAt;
    return { observedAt, firstSeenAt: isSame ? before.firstSeenAt : now(), state: stateOf(response) };
  }

  return {
    recordRead(gpuTypeIds, responses) {
      const before = seen;
      seen = new Map(gpuTypeIds.map((id) => [id, look(responses.get(id), before.get(id))]));
      const all = [...seen];
      const isFruitless = isWaiting && !all.some(([id, type]) => hasArrived(type, before.get(id)));
      fruitlessReads = isFruitless ? fruitlessReads + 1 : 0;
      isWaiting = all.some(([, { state }]) => state !== 'fresh');
      const fresh = all.flatMap(([, { state, firstSeenAt }]) => (state === 'fresh' ? now() - firstSeenAt : []));
      freshForMs = Math.max(freshForMs, ...fresh);
    },
    nextReadInMs: (longestMs) =>
      Math.min(
        longestMs,
        isWaiting ? retryDelayMs(fruitlessReads + 1, Math.random()) : Math.max(MIN_READ_INTERVAL_MS, freshForMs),
      ),
  };
}

function stateOf(response: GpuTypeResponse | undefined): Seen['state'] {
  if (response === undefined || response.failures.length > 0) return 'missing';
  return response.nodes.some(({ stale }) => stale) ? 'stale' : 'fresh';
}

/** Whether this read brought newer data for a GPU type whose data was stale or missing. */
function hasArrived({ state, observedAt }: Seen, before: Seen | undefined): boolean {
  if (before === undefined || before.state === 'fresh') return false;
  return state === 'fresh' || (before.state === 'stale' && observedAt !== before.observedAt);
}
