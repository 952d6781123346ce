import type { YogaServerOptions } from 'graphql-yoga';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { DOCUMENT_ID } from '../graphql/plugins/persisted-operations.ts';
import { createCacheControl } from '../http/cache-control.ts';
import type { OperationLimits } from '../loaders/budget.ts';

/** The maximum length of a request body, in bytes. It is enough for a federation request for a thousand entities. */
export const MAX_BODY_BYTES = 1_000_000;

/**
 * The maximum number of rows in the response to one operation. It is thirty times the number of pairs of a GPU type and a data center at
 * RunPod. Each row takes some microseconds, so without a limit, an operation could block the event loop for a long time.
 */
const MAX_ROWS = 50_000;

/** Returns the limits of each operation. */
export const operationLimits = (
  config: Pick<Config, 'maxUpstreamPerOperation' | 'maxAnswerBytes'>,
): OperationLimits => ({
  maxUpstreamRequests: config.maxUpstreamPerOperation,
  maxRows: MAX_ROWS,
  maxBytes: config.maxAnswerBytes,
});

/** The options of Yoga that are the same in the gateway's own server and in the library. */
export const YOGA_OPTIONS = {
  maskedErrors: { maskError },
  // `useDocumentCache` replaces Yoga's own cache, which limits the number of documents, but not their length.
  parserAndValidationCache: false,
  graphiql: false,
  landingPage: false,
  extraParamNames: [DOCUMENT_ID],
  multipart: false,
} satisfies YogaServerOptions<object, GraphQLContext>;

/**
 * Creates the functions that decide how long the gateway, clients and proxies may cache a response. With `isPrivate`, proxies may not cache
 * a response.
 */
export function createCaching({ cache }: Pick<Config, 'cache'>, isPrivate: boolean, clock: Clock) {
  return {
    holdingOf: ({ loaders }: GraphQLContext) => loaders.validity.sum(),
    cacheControl: createCacheControl({ now: clock.now, longestMs: cache.freshMs, isPrivate }),
  };
}
