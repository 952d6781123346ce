import type { Plugin } from 'graphql-yoga';
import { mediaRangesIn } from '../media-ranges.ts';

/** The path of the metrics. */
export const METRICS_PATH = '/metrics';

/** The metrics in one format. */
interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** Serves the metrics as Prometheus' text format, or as OpenMetrics to clients that prefer it. */
export function useMetricsPage(print: (format: 'prometheus' | 'openmetrics') => Promise<Exposition>): Plugin {
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== METRICS_PATH) return;
      const { contentType, body } = await print(prefersOpenMetrics(request) ? 'openmetrics' : 'prometheus');
      const headers = { 'content-type': contentType, 'cache-control': 'no-store', vary: 'Accept' };
      endResponse(new fetchAPI.Response(body, { headers }));
    },
  };
}

/**
 * Whether the client prefers OpenMetrics to text. Parameters other than the version are ignored, because a scraper may send parameters of
 * newer versions, such as `escaping`. A client that names neither format gets text.
 */
function prefersOpenMetrics({ headers }: Request): boolean {
  const preferred = mediaRangesIn(headers.get('accept') ?? '').find(
    ({ type, parameters }) => type === 'text/plain' || (type === OPEN_METRICS && isKnown(parameters.get('version'))),
  );
  return preferred?.type === OPEN_METRICS;
}

const OPEN_METRICS = 'application/openmetrics-text';

/** Whether a client that sends this version can read version 1.0.0. Version 0.0.1 is the draft, which has the same form. */
const isKnown = (version = '1.0.0'): boolean => version === '1.0.0' || version === '0.0.1';
