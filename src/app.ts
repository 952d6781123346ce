import type { Logger } from 'pino';
import { createAvailabilityData } from './app/availability-data.ts';
import { createClientLimits } from './app/client-limits.ts';
import { readConfiguredRecording } from './app/configured-recording.ts';
import { createEndpoint, type Endpoint } from './app/endpoint.ts';
import { createWarmUp, type WarmUp } from './app/warm-up.ts';
import type { Config } from './config.ts';
import type { UpstreamStatus } from './domain/catalog.ts';
import { type Clock, SYSTEM_CLOCK } from './domain/clock.ts';
import { createFleetOfOne, type Fleet } from './fleet/fleet.ts';
import { type BoardFiles, readBoardFiles } from './http/plugins/board-files.ts';
import type { BackgroundWork } from './observability/background-counters.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { type Tracer, UNTRACED } from './observability/tracing/tracer.ts';
import type { Recording } from './upstream/recorded/recording.ts';
import { VERSION } from './version.ts';

/** Dependencies of `createApp`. */
export interface AppDeps {
  readonly config: Config;
  readonly log: Logger;
  /** The state that the replicas of the gateway share. Default: this process is the only replica, so nothing is shared. */
  readonly fleet?: Fleet;
  /** Provides the current time. Default: the clocks of this process and its machine. */
  readonly clock?: Clock;
  /** Reads the recording that the gateway serves with `UPSTREAM=recorded`. Default: reads the configured recording. */
  readonly readRecording?: () => Recording;
  /** The files of the board. Default: the files in dist/board. */
  readonly board?: BoardFiles;
  /** Receives spans. Default: nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** Returns whether the event loop lags. Default: always returns `false`. */
  readonly isOverloaded?: () => boolean;
}

/** The gateway without a server socket. It handles HTTP requests and runs the background tasks. */
export interface App extends Endpoint, WarmUp {
  readonly upstreamStatus: () => UpstreamStatus;
  readonly metrics: Metrics;
  /**
   * Refreshes the observations that have subscribers or were requested recently, each before it becomes stale. Runs until `stop` is called.
   */
  readonly keepFresh: () => Promise<void>;
  /** Stops the work in the background, completes the subscriptions, and makes `/ready` report that the gateway is stopping. */
  readonly stop: () => void;
}

/** The folder of the built board. The relative path is correct both for this file in src and for its compiled form in dist. */
const BOARD = new URL('../dist/board/', import.meta.url);

/** Composes the gateway from its parts: the availability data, the limits for clients, and the endpoint that answers clients. */
export function createApp({
  config,
  log,
  fleet = createFleetOfOne(),
  clock = SYSTEM_CLOCK,
  readRecording = () => readConfiguredRecording(config),
  board = readBoardFiles(BOARD),
  tracer = UNTRACED,
  isOverloaded = () => false,
}: AppDeps): App {
  const metrics = createMetrics(VERSION);
  const stopping = new AbortController();
  const onFaultOf = (work: BackgroundWork) => (error: unknown) => {
    metrics.countFault(work);
    log.error(
      { err: error, work },
      'work in the background failed because of a fault of the gateway, and will be retried',
    );
  };
  const deps = { config, log, fleet, clock, metrics, tracer, isOverloaded, stopping: stopping.signal, onFaultOf };
  const data = createAvailabilityData({ ...deps, readRecording });
  const clients = createClientLimits(deps);
  const endpoint = createEndpoint({ ...deps, board, data, clients });
  const { source, catalog, changes, refresher } = data;
  metrics.watch({
    requestQueue: source.requestQueue,
    apis: source.apis,
    cells: catalog.statistics,
    maxStockSeries: config.maxStockSeries,
    changes,
    refresher,
    unreadBytes: () => clients.unread.total(),
    largeOperations: () => ({ held: clients.responseMemory.held(), waiting: clients.responseMemory.waiting() }),
    isTogether: fleet.isTogether,
    unfitValues: fleet.unfitValues,
    now: clock.now,
  });
  return {
    ...endpoint,
    ...createWarmUp({ ...deps, catalog, handler: endpoint.handler }),
    upstreamStatus: catalog.status,
    metrics,
    keepFresh: () => refresher.run(stopping.signal),
    stop() {
      stopping.abort();
      changes.stop();
    },
  };
}
