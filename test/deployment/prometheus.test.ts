import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEY, startFakeRest } from '../support/fake-rest.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplica } from '../support/fleet.ts';
import { fillIn, RULES, readDashboard } from '../support/monitoring-files.ts';
import { HAS_PROMETHEUS, PATIENCE, promtool, startPrometheus } from '../support/prometheus.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { overSse } from '../support/subscribers.ts';

/** Response headers with RunPod's rate limits. */
const LIMITS = { ratelimit: '"hour";r=2900;t=3000', 'ratelimit-policy': '"hour";q=3000;w=3600' };

/** The pause between two rounds of requests, in milliseconds. Without pauses, the requests would take up the CPU that Prometheus needs. */
const PAUSE_MS = 50;

/** How long the start of all processes may take, in milliseconds. */
const START_MS = 90_000;

/**
 * Starts a server that forwards each request to /metrics of `url`, and records the content types of the responses. If `accept` is given, it
 * replaces the Accept header of the request.
 */
async function forward(url: string, accept?: string) {
  const types = new Set<string | null>();
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL('/metrics', url), {
      headers: { accept: accept ?? request.headers.accept ?? '' },
    });
    const type = answer.headers.get('content-type') ?? '';
    types.add(type);
    response.setHeader('content-type', type).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, types, close: () => server.close() };
}

/** Starts a gateway that has all kinds of metrics, and sends it requests of all kinds. */
async function openGateway() {
  const [rest, graphql, redis] = [await startFakeRest(), await startFakeRunPod(), await startRedis()];
  rest.send(LIMITS);
  const replica = await startReplica({
    UPSTREAM: 'auto',
    RUNPOD_API_KEY: KEY,
    RUNPOD_REST_URL: rest.url,
    RUNPOD_GRAPHQL_URL: graphql.url,
    REDIS_URL: redis.url,
    // The gateway keeps sending requests to RunPod, so that their rate is above 0.
    FRESH_SECONDS: '5',
    MAX_STOCK_SERIES: '5000',
    LOG_LEVEL: 'fatal',
  });
  return { replica, rest, graphql, redis };
}

/** Sends requests of all kinds until `signal` is aborted, so that all rates are above 0. */
async function useGateway(replica: Awaited<ReturnType<typeof startReplica>>, signal: AbortSignal): Promise<void> {
  const subscriber = overSse(replica.url, {});
  while (!signal.aborted) {
    await replica.ask('{ gpuAvailability { totalCount } }');
    await replica.ask('{ upstream { source } }');
    await replica.ask('{ nothing }').catch(() => {});
    await setTimeout(PAUSE_MS);
  }
  subscriber.leave();
}

describe.skipIf(!HAS_PROMETHEUS)("Prometheus' rules", () => {
  it('are valid, without the problems that promtool looks for', () => {
    expect(promtool(['check', 'rules', '--lint=all', '--lint-fatal', RULES])).toMatchObject({ status: 0 });
  });

  it('pass their tests', () => {
    const { status, output } = promtool(['test', 'rules', 'rules.test.yaml'], { cwd: 'deploy/prometheus' });
    expect(output).toContain('SUCCESS');
    expect(status, output).toBe(0);
  });
});

describe.skipIf(!HAS_PROMETHEUS || !HAS_REDIS)('a gateway that Prometheus watches', () => {
  const stopping = new AbortController();
  let opened: Awaited<ReturnType<typeof openGateway>>;
  let openMetrics: Awaited<ReturnType<typeof forward>>;
  let text: Awaited<ReturnType<typeof forward>>;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  let use: Promise<void>;

  beforeAll(async () => {
    opened = await openGateway();
    const { url } = opened.replica;
    use = useGateway(opened.replica, stopping.signal);
    [openMetrics, text] = [await forward(url), await forward(url, 'text/plain')];
    prometheus = await startPrometheus({
      targets: { gateway: openMetrics.address, text: text.address },
      rules: RULES,
    });
    // The rates on the dashboard need at least two scrapes.
    await vi.waitFor(async () => {
      const scraped = await prometheus.query('count_over_time(gpu_gateway_build_info{job="text"}[1m]) > 3');
      expect(scraped).toHaveLength(1);
    }, PATIENCE);
  }, START_MS);

  afterAll(async () => {
    stopping.abort();
    await use;
    await prometheus[Symbol.asyncDispose]();
    for (const server of [openMetrics, text]) server.close();
    killAll();
    const { rest, graphql, redis } = opened;
    for (const one of [rest, graphql, redis]) await one[Symbol.asyncDispose]();
  });

  it('has metrics without the problems that promtool looks for', async () => {
    const input = await (await fetch(new URL('/metrics', opened.replica.url))).text();
    expect(input).toContain('gpu_gateway_redis_up 1');
    expect(promtool(['check', 'metrics'], { input })).toEqual({ status: 0, output: '' });
  });

  it('is read without errors in both formats, with the same metrics', async () => {
    const lastErrors = async () =>
      Object.fromEntries((await prometheus.targets()).map(({ labels: { job }, lastError }) => [job, lastError]));
    await expect.poll(lastErrors).toEqual({ gateway: '', text: '' });
    expect([...openMetrics.types]).toEqual(['application/openmetrics-text; version=1.0.0; charset=utf-8']);
    expect([...text.types]).toEqual(['text/plain; version=0.0.4; charset=utf-8']);
    const namesOf = async (job: string) => {
      const series = await prometheus.query(`count by (__name__) ({job="${job}"})`);
      const names = new Set(series.map(({ metric }) => metric['__name__']));
      // The metric `nodejs_active_requests` has a series only while Node has active requests.
      names.delete('nodejs_active_requests');
      return names;
    };
    await expect.poll(() => namesOf('text')).toEqual(await namesOf('gateway'));
    expect(await namesOf('text')).toContain('gpu_gateway_cache_reads_total');
  });

  it('causes no alert while all is well, and each rule can be evaluated', async () => {
    const health = async () => new Set((await prometheus.rules()).map((rule) => rule.health));
    await expect.poll(health).toEqual(new Set(['ok']));
    const rules = await prometheus.rules();
    expect(rules.length).toBeGreaterThan(20);
    const alertsIn = (loaded: typeof rules) =>
      loaded.filter(({ state = 'inactive' }) => state !== 'inactive').map(({ name }) => name);
    // On a busy machine, a scrape may fail. The alert about it is then pending until the next scrape.
    expect(alertsIn(rules).filter((name) => name !== 'GpuGatewayDown')).toEqual([]);
    await expect.poll(async () => alertsIn(await prometheus.rules())).toEqual([]);
    const notFresh = async () => {
      const shares = await prometheus.query('job:gpu_gateway_cells_not_fresh:ratio{job="gateway"}');
      return shares.map(({ value: [, share] }) => share);
    };
    await expect.poll(notFresh).toEqual(['0']);
  });

  it.each(
    readDashboard().panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  )('gives a result for the dashboard: %s', async (_title, expression) => {
    const query = fillIn(expression, '30s').replaceAll('job=~".*"', 'job=~"gateway"');
    const results = async () => (await prometheus.query(query)).filter(({ value: [, value] }) => value !== 'NaN');
    await expect.poll(results).not.toEqual([]);
  });
});
