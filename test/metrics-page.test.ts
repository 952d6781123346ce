import { describe, expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';
import { samplesIn } from './support/metrics.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Resolves to the metrics for a client with this `accept` header. */
async function scrape(gateway: ReturnType<typeof createGateway>, accept: string | null) {
  const headers = new Headers(accept === null ? {} : { accept });
  const response = await gateway.handler.fetch('http://gateway.invalid/metrics', { headers });
  return {
    type: response.headers.get('content-type'),
    vary: response.headers.get('vary'),
    body: await response.text(),
  };
}

describe('/metrics', () => {
  it.each([
    ['a client without a preference', null, TEXT],
    ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', TEXT],
    ['a client of any type', '*/*', TEXT],
    ['a client of text', 'text/plain', TEXT],
    ['a client of OpenMetrics', 'application/openmetrics-text', OPEN_METRICS],
    [
      'a client of any version of text and a later OpenMetrics',
      'application/openmetrics-text; version=9, text/plain',
      TEXT,
    ],
    [
      'Prometheus 2',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPEN_METRICS,
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      OPEN_METRICS,
    ],
    ['a client that prefers text', 'application/openmetrics-text;q=0.5, text/plain', TEXT],
  ])('has the right format for %s', async (_client, accept, expected) => {
    const { type, vary, body } = await scrape(createGateway(), accept);
    expect(type).toBe(expected);
    expect(vary).toBe('Accept');
    expect(body.endsWith('\n# EOF\n')).toBe(expected === OPEN_METRICS);
  });

  it('has the same samples in both formats, however often each is requested', async () => {
    const gateway = createGateway();
    await gateway.ask('{ gpuAvailability { totalCount } }');
    const formats = ['text/plain', OPEN_METRICS, OPEN_METRICS, 'text/plain'];
    const [first, ...others] = await Promise.all(formats.map((accept) => scrape(gateway, accept)));
    const samplesOf = (text = '') => {
      const { gpu_gateway_oldest_answer_age_seconds: _, ...samples } = samplesIn(text);
      return samples;
    };
    const samples = samplesOf(first?.body);
    expect(samples['gpu_gateway_cache_reads_total{result="miss"}']).toBeGreaterThan(0);
    for (const { body } of others) expect(samplesOf(body)).toEqual(samples);
    expect(others[0]?.body).toContain('\n# TYPE gpu_gateway_cache_reads counter\n');
    expect(others[2]?.body).toContain('\n# TYPE gpu_gateway_cache_reads_total counter\n');
  });
});
