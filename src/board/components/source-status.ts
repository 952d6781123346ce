import type { Outage } from '../connection.ts';
import type { UpstreamHealth } from '../graphql/graphql.ts';
import type { Lists } from '../state/lists.ts';

const HEALTH: Record<UpstreamHealth, string> = {
  UP: 'RunPod answers',
  DEGRADED: 'Some RunPod requests fail',
  DOWN: 'RunPod does not answer',
};

/**
 * Returns the header's text about the source of the gateway's data, and the CSS class for its colour. The class is null if the state of the
 * source is unknown. While the gateway does not answer, the state of RunPod is unknown, but a recording is still shown as the source.
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
