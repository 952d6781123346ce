import type { ShownCell } from './cell-store.ts';
import type { UpstreamHealth } from './graphql/graphql.ts';

/** How long the gateway may take to renew a stale cell, in milliseconds: when its source fails, and when it does not. */
const PATIENCE_MS = { failing: 3000, up: 10_000 } as const;

/** How the gateway gets on with renewing stale cells. */
export interface Renewing {
  readonly health: UpstreamHealth;
  /** When an answer last brought a newer observation of a stale cell, in milliseconds since 1970. */
  readonly renewedAt: number;
}

/**
 * Whether a cell is old because no newer answer can be had. The gateway serves a stale observation at once and renews it in the
 * background, so a stale cell is outdated only when the gateway still calls it stale 3 seconds later and its source fails, or 10
 * seconds later and it has renewed no other stale cell in that time either.
 */
export function isOutdated({ staleSince, answeredAt }: ShownCell, { health, renewedAt }: Renewing): boolean {
  if (staleSince === null) return false;
  return health === 'UP'
    ? answeredAt - Math.max(staleSince, renewedAt) >= PATIENCE_MS.up
    : answeredAt - staleSince >= PATIENCE_MS.failing;
}
