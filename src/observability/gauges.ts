import { Counter, Gauge, type Registry } from 'prom-client';
import type { CacheStatistics } from '../cache/cache-statistics.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Changes } from '../live/changes.ts';
import type { Refresher } from '../live/refresher.ts';
import type { Api } from '../source.ts';
import type { Circuit } from '../upstream/request/circuit.ts';
import type { RequestQueue } from '../upstream/request/request-queue.ts';
import { addStockGauge } from './stock-gauge.ts';

/** The parts of the gateway whose state the gauges show. The state is read when metrics are collected. */
export interface Watched {
  readonly requestQueue: Pick<RequestQueue, 'waiting' | 'running'>;
  readonly apis: readonly Pick<Api, 'source' | 'circuit' | 'pausedMs' | 'limits'>[];
  /** Statistics of the cached cells. A cell is the stock and price of one GPU type in one data center, for one pod size. */
  readonly cells: Pick<CacheStatistics, 'count' | 'current'>;
  /** The maximum number of time series of the metric `gpu_gateway_stock`; 0 for none. */
  readonly maxStockSeries: number;
  readonly changes: Pick<Changes, 'wishes'>;
  readonly refresher: Pick<Refresher, 'size'>;
  /** Returns the number of bytes that were sent to clients but not read by them yet. */
  readonly unreadBytes: () => number;
  /** Returns how many operations with large responses have a permit (`held`), and how many wait for a permit (`waiting`). */
  readonly largeOperations: () => { readonly held: number; readonly waiting: number };
  readonly isTogether: Fleet['isTogether'];
  readonly unfitValues: Fleet['unfitValues'];
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
}

const CIRCUIT_STATES: readonly Circuit['state'][] = ['closed', 'half-open', 'open'];

/** Adds the gauges to `registry`. The value of each gauge is read when metrics are collected. */
export function addGauges(registry: Registry, watched: Watched): void {
  addUpstreamGauges(registry, watched);
  addLoadGauges(registry, watched);
  addCellGauges(registry, watched);
  addStockGauge(registry, { maxSeries: watched.maxStockSeries, observations: watched.cells.current });
  if (watched.isTogether() !== null) addRedisMetrics(registry, watched);
}

function addUpstreamGauges(registry: Registry, { requestQueue, apis }: Pick<Watched, 'requestQueue' | 'apis'>): void {
  const gauges = gaugesOf(registry);
  gauges.add('gpu_gateway_upstream_in_flight', 'Requests to RunPod in flight', () => requestQueue.running);
  gauges.add(
    'gpu_gateway_upstream_queue_length',
    'Requests to RunPod that wait for a slot',
    () => requestQueue.waiting,
  );
  gauges.addLabelled(
    ['source'],
    'gpu_gateway_upstream_pause_seconds',
    'Seconds until the gateway sends requests to an API of RunPod again, after the API has limited them; 0 while they are not paused',
    () => apis.map(({ source, pausedMs }) => [{ source: source.toLowerCase() }, seconds(pausedMs())]),
  );
  gauges.addLabelled(
    ['source', 'state'],
    'gpu_gateway_upstream_circuit_state',
    'State of the circuit breaker of an API of RunPod: 1 for the current state, 0 for the other states; requests are sent while it is closed',
    () =>
      apis.flatMap(({ source, circuit }) =>
        CIRCUIT_STATES.map((state) => [{ source: source.toLowerCase(), state }, Number(state === circuit())] as const),
      ),
  );
  addQuotaGauges(registry, apis);
}

/** Adds the gauges of RunPod's rate limits. They have no values while RunPod reports no rate limits. */
function addQuotaGauges(registry: Registry, apis: readonly Pick<Api, 'source' | 'limits'>[]): void {
  const gauges = gaugesOf(registry);
  const limits = () =>
    apis.flatMap(({ source, limits: limitsOf }) =>
      limitsOf().map(({ name, ...limit }) => ({ ...limit, labels: { source: source.toLowerCase(), window: name } })),
    );
  gauges.addLabelled(
    ['source', 'window'],
    'gpu_gateway_upstream_quota_remaining',
    'Requests that an API of RunPod still allows in the current window of a rate limit, as RunPod last reported',
    () => limits().map(({ labels, left }) => [labels, left]),
  );
  gauges.addLabelled(
    ['source', 'window'],
    'gpu_gateway_upstream_quota_limit',
    'Requests that an API of RunPod allows in a window of a rate limit',
    () => limits().flatMap(({ labels, quota }) => (quota === null ? [] : [[labels, quota] as const])),
  );
}

function addLoadGauges(
  registry: Registry,
  {
    unreadBytes,
    largeOperations,
    changes,
    refresher,
  }: Pick<Watched, 'unreadBytes' | 'largeOperations' | 'changes' | 'refresher'>,
): void {
  const gauges = gaugesOf(registry);
  gauges.add('gpu_gateway_unread_bytes', 'Bytes that were sent to clients, but not read by them yet', unreadBytes);
  gauges.add('gpu_gateway_large_operations', 'Large operations in progress', () => largeOperations().held);
  gauges.add(
    'gpu_gateway_large_operations_queue_length',
    'Large operations that wait until other operations end, or until clients read',
    () => largeOperations().waiting,
  );
  gauges.add('gpu_gateway_subscriptions', 'Subscriptions that are open', () => changes.wishes().length);
  gauges.add(
    'gpu_gateway_refreshed_observations',
    'Upstream requests whose answers are refreshed before they become stale; one request may answer for several GPU types',
    () => refresher.size,
  );
}

function addCellGauges(registry: Registry, { cells, now }: Pick<Watched, 'cells' | 'now'>): void {
  const gauges = gaugesOf(registry);
  gauges.add(
    'gpu_gateway_oldest_answer_age_seconds',
    'Age of the oldest answer that is fresh, or stale and in demand; 0 if there is none',
    () => {
      const { oldestAskedAt } = cells.count();
      return Number.isFinite(oldestAskedAt) ? seconds(now() - oldestAskedAt) : 0;
    },
  );
  gauges.addLabelled(
    ['state'],
    'gpu_gateway_cells',
    'Cells in memory, by their state: fresh; stale or failed although they were requested in the last five minutes; idle if they are old or failed but were not requested',
    () => {
      const { oldestAskedAt: _, ...counts } = cells.count();
      return Object.entries(counts).map(([state, count]) => [{ state }, count]);
    },
  );
}

/** Adds the metrics about Redis. Only a gateway that uses Redis has them. */
function addRedisMetrics(
  registry: Registry,
  { isTogether, unfitValues }: Pick<Watched, 'isTogether' | 'unfitValues'>,
): void {
  gaugesOf(registry).add(
    'gpu_gateway_redis_up',
    'Whether this replica shares data with other replicas over Redis: 1 if it does, 0 while Redis is unavailable',
    () => Number(isTogether()),
  );
  const values: Counter = new Counter({
    name: 'gpu_gateway_redis_unfit_values_total',
    help: 'Values from Redis that were ignored because of a shape that this release does not write, or a time in the future, by kind',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      values.reset();
      for (const [kind, count] of Object.entries(unfitValues() ?? {})) values.inc({ kind }, count);
    },
  });
}

/**
 * Returns two functions that add a gauge to `registry`: `add` for a gauge with a single value, and `addLabelled` for a gauge with one value
 * for each combination of labels.
 */
function gaugesOf(registry: Registry) {
  return {
    add(name: string, help: string, read: () => number): void {
      const metric: Gauge = new Gauge({ name, help, collect: () => metric.set(read()), registers: [] });
      registry.registerMetric(metric);
    },
    addLabelled<Label extends string>(
      labelNames: readonly Label[],
      name: string,
      help: string,
      read: () => readonly (readonly [Record<Label, string>, number])[],
    ): void {
      const collect = () => {
        metric.reset();
        for (const [labels, value] of read()) metric.set(labels, value);
      };
      const metric: Gauge<Label> = new Gauge({ name, help, labelNames, collect, registers: [] });
      registry.registerMetric(metric);
    },
  };
}

const seconds = (ms: number): number => ms / 1000;
