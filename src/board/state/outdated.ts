import type { UpstreamHealth } from '../graphql/graphql.ts';
import type { ShownCell } from './cell-store.ts';

/** When the gateway has renewed no stale cell for this time, in milliseconds, stale cells are outdated. `failing`: its source is not UP. */
const RENEWAL_TIMEOUT_MS = { failing: 3000, up: 10_000 } as const;

/** How the gateway's renewal of stale cells is going. */
export interface Renewal {
  readonly health: UpstreamHealth;
  /** When a stale cell last received a newer observation, in milliseconds since 1970. */
  readonly renewedAt: number;
}

/**
 * Whether a cell is old because the gateway cannot get a newer observation. The gateway serves a stale observation at once and renews
 * it in the background, so a stale cell is outdated only after the gateway has renewed no stale cell for 10 seconds, or for 3 seconds
 * while its source is not UP.
 */
export function isOutdated({ staleSince, answeredAt }: ShownCell, { health, renewedAt }: Renewal): boolean {
  if (staleSince === null) return false;
  return (
    answeredAt - Math.max(staleSince, renewedAt) >=
    (health === 'UP' ? RENEWAL_TIMEOUT_MS.up : RENEWAL_TIMEOUT_MS.failing)
  );
}
