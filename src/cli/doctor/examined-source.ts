import { readConfiguredRecording } from '../../app/configured-recording.ts';
import type { Config } from '../../config.ts';
import type { SourceCatalog } from '../../domain/catalog.ts';
import { SYSTEM_CLOCK } from '../../domain/clock.ts';
import { createFleetOfOne } from '../../fleet/fleet.ts';
import { createParsedLog } from '../../observability/parsed-log.ts';
import { createSource } from '../../source.ts';
import { createKeepAliveFetch, type Fetch } from '../../upstream/request/http.ts';
import type { Limit } from '../../upstream/runpod-rest/quota.ts';

/** A source to examine: its catalog, its rate limits, and the latest response bodies that it sent. */
export interface ExaminedSource {
  readonly catalog: SourceCatalog;
  /** Returns RunPod's rate limits, each with the number of requests that RunPod reports as left. */
  readonly limits: () => readonly Limit[];
  /** The latest body of each response with HTTP 200, by request path. */
  readonly bodies: ReadonlyMap<string, string>;
}

/**
 * Creates the configured source, which sends the same requests as the gateway. It keeps the response bodies, so that they can be examined
 * without further requests.
 */
export function openSource(config: Config, onUnknownStock: (word: string) => void): ExaminedSource {
  const bodies = new Map<string, string>();
  const { catalog, apis } = createSource({
    config,
    // The source logs a warning about each stock level that it does not recognise. This logger takes the stock level from the warning, and
    // passes it to `onUnknownStock`.
    log: createParsedLog({ level: 'warn', secrets: config.secrets }, ({ word }) => {
      if (typeof word === 'string') onUnknownStock(word);
    }),
    fleet: createFleetOfOne(),
    clock: SYSTEM_CLOCK,
    readRecording: () => readConfiguredRecording(config),
    onAttempt: () => {},
    onPricedWithoutStock: () => {},
    fetch: keepBodies(createKeepAliveFetch(config.upstream.concurrency), bodies),
  });
  return { catalog, limits: () => apis.flatMap(({ limits }) => limits()), bodies };
}

function keepBodies(fetch: Fetch, bodies: Map<string, string>): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    return {
      ...response,
      async text() {
        const text = await response.text();
        if (response.status === 200) bodies.set(new URL(url).pathname, text);
        return text;
      },
    };
  };
}
