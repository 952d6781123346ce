import { retryDelayMs } from '../gateway/retry-delay.ts';
import type { GpuTypeResponse } from '../state/summary.ts';
import { MIN_READ_INTERVAL_MS } from '../timing.ts';

/** Decides when the board reads again. */
export interface ReadSchedule {
  /** Takes note of what a read of these GPU types has left known. */
  recordRead(gpuTypeIds: readonly string[], answers: ReadonlyMap<string, GpuTypeResponse>): void;
  /** How long after that read to read again, in milliseconds, and `longestMs` at most. */
  nextReadInMs(longestMs: number): number;
}

/** What is known about a GPU type. */
interface Seen {
  readonly observedAt: string | null;
  /** When the board first saw this observation, in milliseconds since 1970. */
  readonly firstSeenAt: number;
  readonly state: 'fresh' | 'stale' | 'missing';
}

/**
 * While something is stale or missing, the gateway is fetching it: the board reads again after a second and then less and less
 * often, from the start whenever some of it has arrived. Otherwise answers grow old without becoming stale: the board reads
 * again after the longest time for which it has seen an answer stay fresh. So it follows the gateway's `FRESH_SECONDS` without
 * knowing it, and does not depend on the clock of the visitor's machine. `now` returns milliseconds since 1970.
 */
export function createReadSchedule(now: () => number): ReadSchedule {
  let seen: ReadonlyMap<string, Seen> = new Map();
  let isWaiting = false;
  let readsInVain = 0;
  let freshForMs = 0;

  function look(answer: GpuTypeResponse | undefined, before: Seen | undefined): Seen {
    const observedAt = answer?.nodes[0]?.observedAt ?? null;
    const isSame = before?.observedAt === observedAt;
    return { observedAt, firstSeenAt: isSame ? before.firstSeenAt : now(), state: stateOf(answer) };
  }

  return {
    recordRead(gpuTypeIds, answers) {
      const before = seen;
      seen = new Map(gpuTypeIds.map((id) => [id, look(answers.get(id), before.get(id))]));
      const all = [...seen];
      const isInVain = isWaiting && !all.some(([id, type]) => hasArrived(type, before.get(id)));
      readsInVain = isInVain ? readsInVain + 1 : 0;
      isWaiting = all.some(([, { state }]) => state !== 'fresh');
      const fresh = all.flatMap(([, { state, firstSeenAt }]) => (state === 'fresh' ? now() - firstSeenAt : []));
      freshForMs = Math.max(freshForMs, ...fresh);
    },
    nextReadInMs: (longestMs) =>
      Math.min(
        longestMs,
        isWaiting ? retryDelayMs(readsInVain + 1, Math.random()) : Math.max(MIN_READ_INTERVAL_MS, freshForMs),
      ),
  };
}

function stateOf(answer: GpuTypeResponse | undefined): Seen['state'] {
  if (answer === undefined || answer.failures.length > 0) return 'missing';
  return answer.nodes.some(({ stale }) => stale) ? 'stale' : 'fresh';
}

/** Whether something has arrived that the board was waiting for. */
function hasArrived({ state, observedAt }: Seen, before: Seen | undefined): boolean {
  if (before === undefined || before.state === 'fresh') return false;
  return state === 'fresh' || (before.state === 'stale' && observedAt !== before.observedAt);
}
