import type { UpstreamHealth } from '../graphql/graphql.ts';
import type { ShownCell } from './cell.ts';

/**
 * Stale cells count as outdated when the gateway has renewed none of them for this many milliseconds. `up` applies while the health of the
 * gateway's source is UP, and `failing` otherwise.
 */
const RENEWAL_TIMEOUT_MS = { failing: 3000, up: 10_000 } as const;

/** What the board knows about the renewal of stale cells by the gateway. */
export interface Renewal {
  /** The health of the source from which the gateway gets its data. */
  readonly health: UpstreamHealth;
  /** When a stale cell was last replaced by a newer observation, in milliseconds since 1970. It does not matter which cell this was. */
  readonly renewedAt: number;
}

/**
 * Whether a cell is old because the gateway cannot get a newer observation. Not every stale cell is outdated: the gateway serves a stale
 * observation at once and renews it in the background. A cell is outdated if it has been stale for at least 10 seconds, and the gateway has
 * renewed no stale cell in that time. While the health of the gateway's source is not UP, 3 seconds are enough.
 */
export function isOutdated({ staleSince, answeredAt }: ShownCell, { health, renewedAt }: Renewal): boolean {
  if (staleSince === null) return false;
  return (
    answeredAt - Math.max(staleSince, renewedAt) >=
    (health === 'UP' ? RENEWAL_TIMEOUT_MS.up : RENEWAL_TIMEOUT_MS.failing)
  );
}
