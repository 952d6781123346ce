import type { Plugin } from 'graphql-yoga';
import { mediaRangesIn } from '../media-ranges.ts';

/** The path of the metrics. */
export const METRICS_PATH = '/metrics';

type Format = 'prometheus' | 'openmetrics';

/** The metrics in one format. */
interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/**
 * The minimum length of a large metrics page, in characters. After a large page was printed, all clients receive the same page for a
 * second.
 */
const LARGE_CHARACTERS = 100_000;
const LARGE_MS = 1000;

/** Serves the metrics as Prometheus' text format, or as OpenMetrics to clients that prefer it. */
export function useMetricsPage(print: (format: Format) => Promise<Exposition>): Plugin {
  const printShared = sharePages(print);
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== METRICS_PATH) return;
      const { contentType, body } = await printShared(prefersOpenMetrics(request) ? 'openmetrics' : 'prometheus');
      const headers = { 'content-type': contentType, 'cache-control': 'no-store', vary: 'Accept' };
      endResponse(new fetchAPI.Response(body, { headers }));
    },
  };
}

/**
 * Sends the same metrics page to all clients that request it while it is being printed. A large page is reused for another second, because
 * printing it blocks the event loop for tens of milliseconds.
 */
function sharePages(print: (format: Format) => Promise<Exposition>): typeof print {
  const pages = new Map<Format, Promise<Exposition>>();
  async function printAnew(format: Format): Promise<Exposition> {
    let isLarge = false;
    try {
      const page = await print(format);
      isLarge = page.body.length >= LARGE_CHARACTERS;
      return page;
    } finally {
      if (isLarge) setTimeout(() => pages.delete(format), LARGE_MS).unref();
      else pages.delete(format);
    }
  }
  return (format) => {
    const page = pages.get(format) ?? printAnew(format);
    pages.set(format, page);
    return page;
  };
}

/**
 * Whether the client prefers OpenMetrics to Prometheus' text format. Parameters other than the version are ignored, because a scraper may
 * send parameters of newer versions, such as `escaping`. A client that names neither format gets the text format.
 */
function prefersOpenMetrics({ headers }: Request): boolean {
  const preferred = mediaRangesIn(headers.get('accept') ?? '').find(
    ({ type, parameters }) => type === 'text/plain' || (type === OPEN_METRICS && isKnown(parameters.get('version'))),
  );
  return preferred?.type === OPEN_METRICS;
}

const OPEN_METRICS = 'application/openmetrics-text';

/**
 * Whether a client that sends this version of OpenMetrics can read version 1.0.0. Version 0.0.1 is the draft, which has the same format.
 */
const isKnown = (version = '1.0.0'): boolean => version === '1.0.0' || version === '0.0.1';
