import { createFindClient } from '../app/client-limits.ts';
import { createAvailabilityData, type DataMetrics } from '../app/availability-data.ts';
import { createCaching, operationLimits } from '../app/graphql-server.ts';
import { createOperationContext } from '../app/operation-context.ts';
import type { Config } from '../config.ts';
import { SYSTEM_CLOCK } from '../domain/clock.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import { UNBOUNDED } from '../domain/permit.ts';
import { createFleetOfOne, type Fleet } from '../fleet/fleet.ts';
import { createRedisFleet } from '../fleet/redis-fleet.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { createLoopTurns } from '../graphql/pace/loop-turns.ts';
import { printTypes } from '../graphql/schema.ts';
import { UNTRACED } from '../observability/tracing/tracer.ts';
import { readNewestRecording } from '../upstream/recorded/recording.ts';
import { CONSOLE, createForwardedLog } from './forwarded-log.ts';
import { createHostResolvers } from './host-resolvers.ts';
import { createServer } from './http-server.ts';
import type { GpuAvailability, GpuAvailabilityOptions, OperationCaller } from './public-types.ts';
import { readSettings } from './settings.ts';

export type * from './public-types.ts';

/**
 * Creates the availability of GPUs at RunPod for use inside another program. It sends no request before the first operation. Throws an
 * error that names every invalid option. Several instances in one process share nothing.
 */
export function createGpuAvailability(options: GpuAvailabilityOptions = {}): GpuAvailability {
  const { config, path } = readSettings(options);
  const log = createForwardedLog(options.logger ?? CONSOLE, config.secrets);
  const [stopping, closing] = [new AbortController(), new AbortController()];
  const fleet = config.redisUrl === undefined ? createFleetOfOne() : createRedisFleet(config.redisUrl, config, log);
  const started = fleet.join();
  const data = createAvailabilityData({});
}
