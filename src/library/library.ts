import { createAvailabilityData, type DataMetrics } from '../app/availability-data.ts';
import { createFindClient } from '../app/client-limits.ts';
import { operationLimits } from '../app/graphql-server.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import { createFleetOfOne } from '../fleet/fleet.ts';
import { createRedisFleet } from '../fleet/redis-fleet.ts';
import { createLoopTurns } from '../graphql/pace/loop-turns.ts';
import { printTypes } from '../graphql/schema.ts';
import { UNTRACED } from '../observability/tracing/tracer.ts';
import { readNewestRecording } from '../upstream/recorded/recording.ts';
import { createForwardedLog } from './forwarded-log.ts';
import { createHostResolvers } from './host-resolvers.ts';
import { createHttpServer } from './http-server.ts';
import type * as types from './library-types.ts';
import { createOperations } from './operations.ts';
import { refuseDisposed } from './refuse-disposed.ts';
import { readSettings } from './settings.ts';

export type * from './library-types.ts';

export const createGpuAvailability: typeof types.createGpuAvailability = (options = {}) => {
  const { config, path, logger } = readSettings(options);
  const log = createForwardedLog(logger, config.secrets);
  const [stopping, closing] = [new AbortController(), new AbortController()];
  const fleet = config.redisUrl === undefined ? createFleetOfOne() : createRedisFleet(config.redisUrl, config, log);
  const started = fleet.join();
  const shared = { config, log, fleet, clock: SYSTEM_CLOCK, tracer: UNTRACED };
  const { source, read, changes, refresher } = createAvailabilityData({
    ...shared,
    readRecording: readNewestRecording,
    metrics: NO_METRICS,
    stopping: stopping.signal,
    closing: closing.signal,
    onFaultOf: (work) => (error) => log.error({ err: error, work }, 'work in the background failed'),
  });
  const operations = createOperations({
    ...shared,
    catalog: read,
    changes,
    findClient: createFindClient(config, SYSTEM_CLOCK.now, () => {}),
    limits: operationLimits(config),
    turns: createLoopTurns(),
    ipv6Prefix: config.ipv6Prefix,
    isOverloaded: () => false,
  });
  const server = createHttpServer({ ...shared, path, operations, started });
  // The promise needs no error handler, because it never rejects.
  void refresher.run(stopping.signal);
  return refuseDisposed({
    fetch: server.fetch,
    typeDefs: printTypes(),
    resolvers: createHostResolvers({ contextIn: operations.contextIn, started }),
    createContext: operations.createContext,
    async dispose() {
      stopping.abort();
      changes.stop();
      closing.abort(new UpstreamNotAttemptedError('this operation', 'the gateway has been disposed'));
      await source.close();
      await started;
      await fleet.leave();
      await server.dispose();
    },
  });
};

/** Metrics functions that do nothing, because the library records no metrics. */
const NO_METRICS: DataMetrics = {
  countAttempt() {},
  countPricedWithoutStock() {},
  countChange() {},
  countRead() {},
  countSupplemented() {},
};
