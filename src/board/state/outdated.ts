import type { UpstreamHealth } from '../graphql/graphql.ts';
import type { ShownCell } from './cell-store.ts';

/** How long no stale cell may be renewed, in milliseconds: while the source fails, and while it does not. */
const PATIENCE_MS = { failing: 3000, up: 10_000 } as const;

/** How the gateway gets on with renewing stale cells. */
export interface Renewing {
  readonly health: UpstreamHealth;
  /** When an answer last brought a newer observation of a stale cell, in milliseconds since 1970. */
  readonly renewedAt: number;
}

/**
 * Whether a cell is old because no newer answer can be had. The gateway serves a stale observation at once and renews it in the
 * background, so a stale cell is outdated only when the gateway has renewed neither it nor another stale cell for 10 seconds, or
 * for 3 seconds while its source is not UP.
 */
export function isOutdated({ staleSince, answeredAt }: ShownCell, { health, renewedAt }: Renewing): boolean {
  if (staleSince === null) return false;
  return answeredAt - Math.max(staleSince, renewedAt) >= (health === 'UP' ? PATIENCE_MS.up : PATIENCE_MS.failing);
}
