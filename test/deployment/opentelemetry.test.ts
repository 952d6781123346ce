import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, it } from 'vitest';
import { killAll, start } from '../support/start.ts';
import { ask, startTraced } from '../support/traced-gateway.ts';

const toModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

/**
 * A module that prints the URL of each file that Node loads. The OpenTelemetry SDK is bundled into opentelemetry.js, so the output shows
 * whether the SDK is loaded. prom-client always loads the API of OpenTelemetry, but not the SDK.
 */
const LOAD_HOOK = toModule(`import { writeSync } from 'node:fs';
export function load(url, context, next) {
  writeSync(1, 'loading ' + url + '\\n');
  return next(url, context);
}`);
const TELLING = {
  NODE_OPTIONS: `--import="${toModule(`import { register } from 'node:module'; register(${JSON.stringify(LOAD_HOOK)})`)}"`,
};
const isLoaded = (lines: readonly string[], program: string) =>
  lines.some((line) => line.startsWith('loading file:') && line.endsWith(`/${program}.js`));

describe.concurrent('OpenTelemetry', () => {
  afterAll(killAll);

  it('is not loaded without an endpoint', async ({ expect: expects }) => {
    const { ready, lines } = start({ UPSTREAM: 'recorded', ...TELLING });
    await ask(await ready, 'RTX 4090', 1);
    expects(['main', 'opentelemetry'].map((program) => isLoaded(lines, program))).toEqual([true, false]);
  });

  it('exports the ended spans when the gateway stops', async ({ expect: expects }) => {
    await using traced = await startTraced({ OTEL_BSP_SCHEDULE_DELAY: '60000', OTEL_SERVICE_NAME: 'mine' });
    const { traceId } = await ask(traced.url, 'RTX 4090', 2);
    expects(traced.collector.spans).toEqual([]);
    traced.gateway.kill('SIGTERM');
    expects(await traced.exit).toBe(0);
    const spans = traced.collector.spans.filter((span) => span.traceId === traceId);
    expects(spans.map(({ kind }) => kind)).toEqual(expects.arrayContaining(['client', 'server']));
    expects(traced.collector.bodies[0]).toContain('{"key":"service.name","value":{"stringValue":"mine"}}');
  });

  it('does no harm if there is no collector, and logs that only once', async ({ expect: expects }) => {
    const { gateway, ready, exit, lines, stderr } = start({
      UPSTREAM: 'recorded',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_TRACES_SAMPLER: 'wrong',
      ...TELLING,
    });
    const url = await ready;
    const told = (message: string) => lines.filter((line) => line.includes(message)).length;
    for (let batch = 0; batch < 3; batch += 1) {
      const { answer } = await ask(url, 'RTX 4090', 1);
      expects(answer).toEqual({ data: { gpuAvailability: { totalCount: 8 } } });
      await expects.poll(() => told('spans cannot be sent')).toBe(1);
    }
    expects(isLoaded(lines, 'opentelemetry')).toBe(true);
    gateway.kill('SIGTERM');
    expects(await exit).toBe(0);
    expects([told('spans cannot be sent'), told('rejects a setting'), stderr.join('')]).toEqual([1, 1, '']);
  });

  it('does not delay the stop of a gateway whose collector is silent', async ({ expect: expects }) => {
    await using silent = await listenInSilence();
    const { gateway, ready, exit } = start({ UPSTREAM: 'recorded', OTEL_EXPORTER_OTLP_ENDPOINT: silent.url });
    await ask(await ready, 'RTX 4090', 1);
    gateway.kill('SIGTERM');
    const stoppedAt = performance.now();
    expects(await exit).toBe(0);
    expects(performance.now() - stoppedAt).toBeLessThan(5000);
  });
});

/** Starts a server that accepts requests but never answers them. */
async function listenInSilence() {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
