import type { Logger } from 'pino';
import { createAvailabilityData } from './app/availability-data.ts';
import { createClientLimits } from './app/client-limits.ts';
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
import { type Recording, readNewestRecording } from './upstream/recorded/recording.ts';

/** Dependencies of `createApp`. */
export interface AppDeps {
  readonly config: Config;
  readonly log: Logger;
  /** What the replicas of the gateway share. Default: this gateway has no replicas. */
  readonly fleet?: Fleet;
  /** Default: the clocks of this process and its machine. */
  readonly clock?: Clock;
  /** Reads the recording that is served if no live source is configured. Default: the newest recording. */
  readonly readRecording?: () => Recording;
  /** The files of the board. Default: the files in dist/board. */
  readonly board?: BoardFiles;
  /** Receives spans. Default: nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** Whether the event loop lags. Default: it never does. */
  readonly isOverloaded?: () => boolean;
}

/** The gateway without a socket: a handler of HTTP requests, and the work in the background. */
export interface App extends Endpoint, WarmUp {
  readonly upstreamStatus: () => UpstreamStatus;
  readonly metrics: Metrics;
  /** Refreshes the observations that clients request before they get stale, until `stop` is called. */
  readonly keepFresh: () => Promise<void>;
  /** Ends the work in the background, completes subscriptions, and reports on `/ready` that the gateway is stopping. */
  readonly stop: () => void;
}

/** The folder that the board is built into. The path works from src and from dist. */
const BOARD = new URL('../dist/board/', import.meta.url);

/** Composes the gateway: data about availability, limits of clients, and the endpoint that answers clients. */
export function createApp({
  config,
  log,
  fleet = createFleetOfOne(),
  clock = SYSTEM_CLOCK,
  readRecording = readNewestRecording,
  board = readBoardFiles(BOARD),
  tracer = UNTRACED,
  isOverloaded = () => false,
}: AppDeps): App {
  const metrics = createMetrics();
  const stopping = new AbortController();
  const onFaultOf = (work: BackgroundWork) => (error: unknown) => {
    metrics.countFault(work);
    log.error({ err: error, work }, 'work in the background failed by a fault of the gateway, and is tried again');
  };
  const deps = { config, log, fleet, clock, metrics, tracer, isOverloaded, stopping: stopping.signal, onFaultOf };
  const data = createAvailabilityData({ ...deps, readRecording });
  const clients = createClientLimits(deps);
  const endpoint = createEndpoint({ ...deps, board, data, clients });
  const { source, catalog, changes, refresher } = data;
  metrics.watch({
    requestQueue: source.requestQueue,
    apis: source.apis,
    countCells: catalog.countCells,
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
