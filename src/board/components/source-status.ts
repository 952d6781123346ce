import type { Outage } from '../connection.ts';
import type { UpstreamHealth } from '../graphql/graphql.ts';
import type { Lists } from '../state/lists.ts';

const HEALTH: Record<UpstreamHealth, string> = {
  UP: 'RunPod answers',
  DEGRADED: 'Some RunPod requests fail',
  DOWN: 'RunPod does not answer',
};

/**
 * Returns what the header says about the source of the gateway's data, and the CSS class for its colour, which is null if nothing is known.
 * If the gateway stops answering, a recording is still its source, but whether RunPod answers is no longer known.
 */
export function sourceStatus(
  upstream: Lists['upstream'] | undefined,
  cause: Outage['cause'] | undefined,
): readonly [text: string, look: string | null] {
  if (cause === 'runpod') return [HEALTH.DOWN, 'health-down'];
  if (upstream === undefined) return ['Connecting', null];
  if (upstream.source === 'RECORDED') return ['Recorded answers', 'health-recorded'];
  if (cause === 'gateway') return ['RunPod status unknown', null];
  return [HEALTH[upstream.health], `health-${upstream.health.toLowerCase()}`];
}
