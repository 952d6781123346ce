import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Stocktaking } from '../cache/cache-statistics.ts';
import type { ReadResult } from '../cache/renewing-cache.ts';
import type { Change, ChangeKind } from '../domain/change.ts';
import { type Cell, isObserved, type UpstreamSource } from '../domain/observation.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Changes } from '../live/changes.ts';
import type { Refresher } from '../live/refresher.ts';
import type { Api } from '../source.ts';
import type { AttemptReport } from '../upstream/request/attempts.ts';
import type { Circuit } from '../upstream/request/circuit.ts';
import type { Line } from '../upstream/request/request-queue.ts';

/** What the gauges read when metrics are collected. */
export interface Watched {
  readonly line: Pick<Line, 'waiting' | 'running'>;
  readonly apis: readonly Pick<Api, 'source' | 'circuit' | 'pausedMs'>[];
  readonly takeStock: () => Stocktaking;
  readonly changes: Pick<Changes, 'wishes'>;
  readonly refresher: Pick<Refresher, 'size'>;
  /** Bytes that were sent and that clients have not read. */
  readonly unreadBytes: () => number;
  /** Large operations that have a permit, and that wait for one. */
  readonly largeOperations: () => { readonly held: number; readonly waiting: number };
  readonly isTogether: Fleet['isTogether'];
  readonly unfitValues: Fleet['unfitValues'];
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
}

/** The gateway's own metrics. No label has a value that a client can choose. */
export interface Metrics {
  readonly registry: Registry;
  /** Durations of requests, for the plugin that counts the requests that Yoga answers. */
  readonly durations: Histogram<'operationType' | 'statusCode'>;
  readonly countAttempt: (source: UpstreamSource, report: AttemptReport) => void;
  readonly countRead: (result: ReadResult, reads: number) => void;
  /**
   * Counts a response that was sent without Yoga: its status, whether it was a finished response from memory, and its duration in
   * seconds.
   */
  readonly countAnswer: (status: number, isReady: boolean, seconds: number) => void;
  readonly countChange: (change: Change) => void;
  readonly countPricedWithoutStock: () => void;
  /** Counts an answer that RunPod was not asked for because the client has used up its budget. */
  readonly countClientRefusal: () => void;
  /** Counts an unexpected error in work that no client waits for. */
  readonly countFault: (work: BackgroundWork) => void;
  /** Counts a disagreement: only one of the two APIs reports the cell in stock. */
  readonly countSupplemented: (cell: Cell, added: Cell) => void;
  /** Counts a connection that was closed because its client had too much unread data, by the limit that was exceeded. */
  readonly countCut: (limit: 'client' | 'all') => void;
  /** Counts a large response that was refused, by what was lacking. */
  readonly countRefusal: (shortage: 'client' | 'room' | 'time') => void;
  readonly watch: (watched: Watched) => void;
}

/** Kinds of work that no client waits for. */
export type BackgroundWork = 'warm_up' | 'renewal' | 'changes';

const BACKGROUND_WORK: readonly BackgroundWork[] = ['warm_up', 'renewal', 'changes'];

const CHANGE_KINDS: readonly ChangeKind[] = ['APPEARED', 'DISAPPEARED', 'STOCK_CHANGED', 'PRICE_CHANGED'];

/** The APIs that may disagree about a cell. */
const DISAGREEING: readonly UpstreamSource[] = ['RUNPOD_REST', 'RUNPOD_GRAPHQL'];

const NO_READS: Readonly<Record<ReadResult, number>> = { fresh: 0, stale: 0, miss: 0 };

const CIRCUIT_STATES: readonly Circuit['state'][] = ['closed', 'half-open', 'open'];

/** Creates the metrics in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const attempts = new Counter({
    name: 'gpu_gateway_upstream_attempts_total',
    help: 'HTTP requests to RunPod that ended, by API, by operation and by how: complete, incomplete, yielded, or the failure code',
    labelNames: ['source', 'operation', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'gpu_gateway_upstream_attempt_seconds',
    help: 'Time from sending a request to RunPod to the last byte of its answer, or to its failure',
    labelNames: ['source', 'operation'],
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  // Counts since the last collection. One request can read dozens of times, and adding to a number costs a hundredth of calling the
  // counter.
  const readsBy = { ...NO_READS };
  const reads: Counter = new Counter({
    name: 'gpu_gateway_cache_reads_total',
    help: 'Reads of the cache: answered fresh, answered stale while a newer answer is fetched, or missed',
    labelNames: ['result'],
    registers,
    collect() {
      for (const [result, count] of Object.entries(readsBy)) reads.inc({ result }, count);
      Object.assign(readsBy, NO_READS);
    },
  });
  const changes = new Counter({
    name: 'gpu_gateway_changes_total',
    help: 'Changes between two observations of a cell, by kind; each is sent to the subscribers whose conditions it meets',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of CHANGE_KINDS) changes.inc({ kind: kind.toLowerCase() }, 0);
  // Number since the last collection.
  let ready = 0;
  const readyAnswers: Counter = new Counter({
    name: 'gpu_gateway_ready_answers_total',
    help: 'Requests that were answered with a finished response from memory, made from the same observations',
    registers,
    collect() {
      readyAnswers.inc(ready);
      ready = 0;
    },
  });
  const pricedWithoutStock = new Counter({
    name: 'gpu_gateway_priced_without_stock_total',
    help: 'Cells that RunPod quoted a price for while it reported no stock; they are shown as NONE',
    registers,
  });
  const clientRefusals = new Counter({
    name: 'gpu_gateway_client_budget_refusals_total',
    help: 'Answers that RunPod was not asked for because the client has caused CLIENT_UPSTREAM_PER_MINUTE requests; known answers are served, other cells fail',
    registers,
  });
  const disagreements = new Counter({
    name: 'gpu_gateway_disagreements_total',
    help: 'Cells that one API of RunPod reports in stock and the other does not, by the one that does; the REST API is believed',
    labelNames: ['in_stock_by'],
    registers,
  });
  for (const api of DISAGREEING) disagreements.inc({ in_stock_by: api.toLowerCase() }, 0);
  const faults = new Counter({
    name: 'gpu_gateway_background_faults_total',
    help: 'Unexpected errors in work that no client waits for; each is logged, and the work is tried again',
    labelNames: ['work'],
    registers,
  });
  for (const work of BACKGROUND_WORK) faults.inc({ work }, 0);
  const cuts = new Counter({
    name: 'gpu_gateway_unread_cuts_total',
    help: 'Connections that were closed because clients had too much unread data, by the limit that was exceeded: of one client, or of all',
    labelNames: ['limit'],
    registers,
  });
  for (const limit of ['client', 'all']) cuts.inc({ limit }, 0);
  const refusals = new Counter({
    name: 'gpu_gateway_overload_refusals_total',
    help: 'Large responses that were refused: their client had too much unread data, or the gateway lacked memory or CPU time',
    labelNames: ['shortage'],
    registers,
  });
  for (const shortage of ['client', 'room', 'time']) refusals.inc({ shortage }, 0);
  const durations = new Histogram({
    name: 'graphql_yoga_http_duration',
    help: 'Time spent on HTTP connection, in seconds',
    labelNames: ['operationType', 'statusCode'],
    registers,
  });
  return {
    registry,
    durations,
    countAttempt(api, { operation, outcome, durationMs }) {
      const source = api.toLowerCase();
      attempts.inc({ source, operation, outcome: outcome.toLowerCase() });
      seconds.observe({ source, operation }, durationMs / 1000);
    },
    countRead(result, count) {
      readsBy[result] += count;
    },
    countAnswer(statusCode, isReady, tookSeconds) {
      if (isReady) ready += 1;
      durations.observe({ operationType: 'query', statusCode }, tookSeconds);
    },
    countChange: ({ kind }) => changes.inc({ kind: kind.toLowerCase() }),
    countPricedWithoutStock: () => pricedWithoutStock.inc(),
    countClientRefusal: () => clientRefusals.inc(),
    countFault: (work) => faults.inc({ work }),
    countCut: (limit) => cuts.inc({ limit }),
    countRefusal: (shortage) => refusals.inc({ shortage }),
    countSupplemented(cell, added) {
      if (!isObserved(cell) || !isObserved(added) || cell.available === added.available) return;
      const { source } = cell.available ? cell : added;
      disagreements.inc({ in_stock_by: source.toLowerCase() });
    },
    watch(watched) {
      addGauges(registry, watched);
      countUnfitValues(registry, watched.unfitValues);
    },
  };
}

/** Counts unfit values, if the gateway uses Redis. */
function countUnfitValues(registry: Registry, unfitValues: Fleet['unfitValues']): void {
  if (unfitValues() === null) return;
  const values: Counter = new Counter({
    name: 'gpu_gateway_redis_unfit_values_total',
    help: 'Values from Redis with another shape than this release writes, or with a time in the future, by kind; each counts as absent',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      values.reset();
      for (const [kind, count] of Object.entries(unfitValues() ?? {})) values.inc({ kind }, count);
    },
  });
}

function addGauges(
  registry: Registry,
  { line, apis, takeStock, changes, refresher, unreadBytes, largeOperations, isTogether, now }: Watched,
): void {
  const gauge = (name: string, help: string, read: () => number) => {
    const metric: Gauge = new Gauge({ name, help, collect: () => metric.set(read()), registers: [] });
    registry.registerMetric(metric);
  };
  const gaugeBy = <Label extends string>(
    labelNames: readonly Label[],
    name: string,
    help: string,
    read: () => readonly (readonly [Record<Label, string>, number])[],
  ) => {
    const collect = () => {
      for (const [labels, value] of read()) metric.set(labels, value);
    };
    const metric: Gauge<Label> = new Gauge({ name, help, labelNames, collect, registers: [] });
    registry.registerMetric(metric);
  };
  gauge('gpu_gateway_upstream_in_flight', 'Requests to RunPod in flight', () => line.running);
  gauge('gpu_gateway_upstream_queue_length', 'Requests to RunPod that wait for a slot', () => line.waiting);
  if (isTogether() !== null) {
    gauge(
      'gpu_gateway_redis_up',
      'Whether this replica shares with others over Redis: 1, or 0 while Redis is unavailable',
      () => Number(isTogether()),
    );
  }
  gauge('gpu_gateway_unread_bytes', 'Bytes that were sent and that clients have not read', unreadBytes);
  gauge('gpu_gateway_large_operations', 'Large operations in progress', () => largeOperations().held);
  gauge(
    'gpu_gateway_large_operations_queue_length',
    'Large operations that wait for others, or for clients to read',
    () => largeOperations().waiting,
  );
  gauge('gpu_gateway_subscriptions', 'Subscriptions that are open', () => changes.wishes().length);
  gauge(
    'gpu_gateway_refreshed_observations',
    'Upstream requests whose answers are refreshed before they get old; one request may answer for several GPU types',
    () => refresher.size,
  );
  gaugeBy(
    ['source'],
    'gpu_gateway_upstream_pause_seconds',
    'Seconds until an API of RunPod is asked again after it asked for fewer requests; 0 while it is not paused',
    () => apis.map(({ source, pausedMs }) => [{ source: source.toLowerCase() }, seconds(pausedMs())]),
  );
  gaugeBy(
    ['source', 'state'],
    'gpu_gateway_upstream_circuit_state',
    'Whether an API of RunPod is asked: 1 for the state its circuit is in, 0 for the others',
    () =>
      apis.flatMap(({ source, circuit }) =>
        CIRCUIT_STATES.map((state) => [{ source: source.toLowerCase(), state }, Number(state === circuit())] as const),
      ),
  );
  gauge(
    'gpu_gateway_oldest_answer_age_seconds',
    'Age of the oldest answer that may still be served; 0 if there is none',
    () => {
      const { oldestAskedAt } = takeStock();
      return Number.isFinite(oldestAskedAt) ? seconds(now() - oldestAskedAt) : 0;
    },
  );
  gaugeBy(['state'], 'gpu_gateway_cells', 'Recently requested cells, by their state: fresh, stale or failed', () => {
    const { fresh, stale, failed } = takeStock();
    return Object.entries({ fresh, stale, failed }).map(([state, cells]) => [{ state }, cells]);
  });
}

const seconds = (ms: number): number => ms / 1000;
