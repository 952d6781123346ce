import type { Logger } from 'pino';
import { type CachedCatalog, createCachedCatalog } from '../cache/cached-catalog.ts';
import { recordDemand } from '../cache/record-demand.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { type Changes, createChanges } from '../live/changes.ts';
import { createRefreshDemand } from '../live/refresh-demand.ts';
import { Refresher } from '../live/refresher.ts';
import type { BackgroundWork } from '../observability/background-counters.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import { createSource, type Source } from '../source.ts';
import type { Recording } from '../upstream/recorded/recording.ts';

/** The metrics that count how the availability data is requested, read and changed. */
export type DataMetrics = Pick<
  Metrics,
  'countAttempt' | 'countPricedWithoutStock' | 'countChange' | 'countRead' | 'countSupplemented'
>;

/** What `createAvailabilityData` needs. */
export interface AvailabilityDataDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly readRecording: () => Recording;
  /** Counts how the availability data is requested, read and changed. */
  readonly metrics: DataMetrics;
  readonly tracer: Tracer;
  /** Aborted when the gateway stops. */
  readonly stopping: AbortSignal;
  /** Aborted when connections must be closed, and running requests must end. Default: never. */
  readonly closing?: AbortSignal | undefined;
  /** Takes a kind of background work, and returns the function that reports a fault in that work. */
  readonly onFaultOf: (work: BackgroundWork) => (error: unknown) => void;
}

/** The parts of the gateway that provide the availability data, and the parts that keep this data up to date. */
export interface AvailabilityData {
  readonly source: Source;
  readonly catalog: CachedCatalog;
  /**
   * The catalog through which clients read. With `REFRESH=background`, it records which observations clients read, so that `refresher`
   * keeps these observations fresh.
   */
  readonly read: CachedCatalog;
  readonly changes: Changes;
  readonly refresher: Refresher;
}

/** Creates and connects the source, the cache, the detection of changes, and the background refresh. */
export function createAvailabilityData(deps: AvailabilityDataDeps): AvailabilityData {
  const { config, fleet, clock, onFaultOf } = deps;
  const { now } = clock;
  const onFault = onFaultOf('renewal');
  const source = createSource({
    ...deps,
    onAttempt: deps.metrics.countAttempt,
    onPricedWithoutStock: deps.metrics.countPricedWithoutStock,
  });
  const changes = createChanges({
    trackChanges: (report) => fleet.trackChanges(now, report, onFaultOf('changes')),
    maxSubscriptions: config.maxSubscriptions,
    maxSubscriptionsPerClient: config.maxSubscriptionsPerClient,
    maxKeysPerClient: config.maxUpstreamPerOperation,
    onChange: deps.metrics.countChange,
    onSubscribe: () => refresher.wake(),
  });
  const catalog = createCatalog(deps, source, changes);
  const refreshDemand = createRefreshDemand(changes.wishes, now);
  const refresher = new Refresher({
    catalog,
    refreshDemand,
    freshMs: source.lifetimes.freshMs,
    concurrency: config.upstream.concurrency,
    now,
    onFault,
  });
  const read = config.refreshInBackground ? recordDemand(catalog, refreshDemand) : catalog;
  return { source, catalog, read, changes, refresher };
}

/**
 * Creates the cache in front of the source. The cache reports its reads to the metrics, and its observations to the detection of changes.
 */
function createCatalog(
  { fleet, clock, log, metrics, tracer, stopping, closing, onFaultOf }: AvailabilityDataDeps,
  source: Source,
  changes: Changes,
): CachedCatalog {
  return createCachedCatalog(source.catalog, {
    store: fleet.store,
    leases: fleet.leases,
    lifetimes: source.lifetimes,
    clock,
    onRead(result, reads) {
      metrics.countRead(result, reads);
      tracer.count(`gateway.cache.${result}`, reads);
    },
    onObserved: changes.observed,
    onObservedElsewhere: changes.observedElsewhere,
    onDoubt: (gpuCount) =>
      log.warn(
        { gpuCount },
        'RunPod suddenly reports everything as sold out; the known stock stays in use until the next answer confirms this',
      ),
    onSupplemented: metrics.countSupplemented,
    stopping,
    closing,
    onFault: onFaultOf('renewal'),
  });
}
