import type { Config } from '../config.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import { createFleetOfOne } from '../fleet/fleet.ts';
import { createKeepAliveFetch } from '../upstream/http.ts';
import { createLine } from '../upstream/line.ts';
import { createRestCatalog, DATA_CENTERS } from '../upstream/runpod-rest/catalog.ts';
import { createRestClient } from '../upstream/runpod-rest/client.ts';
import { createQuota } from '../upstream/runpod-rest/quota.ts';
import type { ExaminedSource } from './examined-source.ts';

/**
 * RunPod's REST API, asked as the gateway asks it: through the limit on requests at once, with the key in a header. It keeps the
 * latest answer to each operation as it came, so that examining answers costs no further request.
 */
export function openRestSource({ upstream }: Config, onUnknownStock: (word: string) => void): ExaminedSource {
  const fleet = createFleetOfOne();
  const lane = createLine({
    concurrency: upstream.concurrency,
    inSlot: fleet.inSlot,
    limit: upstream.queueLimit,
    whenFull: (operation) => new UpstreamNotAttemptedError(operation, 'too many requests are waiting already'),
  }).lane();
  const quota = createQuota(lane, Date.now);
  const client = createRestClient({
    lane,
    quota,
    shareRefusals: fleet.shareRefusals('RUNPOD_REST'),
    timeoutMs: upstream.timeoutMs,
    retries: upstream.retries,
    endsWhenGone: false,
    onAttempt: () => {},
    url: upstream.restUrl,
    apiKey: upstream.apiKey,
    fetch: createKeepAliveFetch(upstream.concurrency),
    probe: DATA_CENTERS,
  });
  const bodies = new Map<string, unknown>();
  const catalog = createRestCatalog({
    now: Date.now,
    onUnknownStock,
    status: () => ({ source: 'RUNPOD_REST', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    get: (reading, demand) =>
      client.get(
        {
          ...reading,
          read(body) {
            bodies.set(reading.operation, body);
            return reading.read(body);
          },
        },
        demand,
      ),
  });
  return { catalog, limits: quota.left, bodies };
}
