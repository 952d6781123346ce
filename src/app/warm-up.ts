import type { CachedCatalog } from '../cache/cached-catalog.ts';
import type { Demand } from '../domain/catalog.ts';
import { UNBOUNDED } from '../domain/permit.ts';
import { resolveAvailability } from '../graphql/availability/resolve-availability.ts';
import { createLoopTurns } from '../graphql/pace/loop-turns.ts';
import { createPace } from '../graphql/pace/pace.ts';
import { createBudget } from '../loaders/budget.ts';
import { createLoaders } from '../loaders/loaders.ts';
import type { BackgroundWork } from '../observability/background-counters.ts';
import { UNTRACED } from '../observability/tracing/tracer.ts';
import { ENDPOINT, type Endpoint } from './endpoint.ts';
import { keepReady } from './keep-ready.ts';

/** What `createWarmUp` needs. */
export interface WarmUpDeps {
  readonly catalog: CachedCatalog;
  readonly handler: Endpoint['handler'];
  readonly stopping: AbortSignal;
  readonly onFaultOf: (work: BackgroundWork) => (error: unknown) => void;
}

/** Prepares the gateway for its first client. */
export interface WarmUp {
  /**
   * Executes an operation that sends no request to RunPod, so that Node.js loads the code for GraphQL before the first client sends a
   * request.
   */
  readonly loadEngine: () => Promise<void>;
  /** Loads the data that a query without arguments needs. Loads it again whenever the gateway is not ready, until the gateway stops. */
  readonly keepReady: () => Promise<void>;
}

/** The operation that makes Node.js load the code for GraphQL. Its field `gpuAvailability` is validated, but not executed. */
const OPERATION = '{ upstream { source } gpuAvailability(gpuType: "L4") @skip(if: true) { nodes { stock } } }';

const UNLIMITED = {
  maxUpstreamRequests: Number.POSITIVE_INFINITY,
  maxRows: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
};

/** The size of the result, in bytes. It is zero because the result is not sent to a client. */
const NO_SIZE = { fixed: 0, row: 0, failure: 0 };

/** Creates the functions that warm up the gateway. */
export function createWarmUp({ catalog, handler, stopping, onFaultOf }: WarmUpDeps): WarmUp {
  const turns = createLoopTurns();
  const ask = async (demand: Demand) => {
    const loaders = createLoaders(catalog, demand, createBudget(UNLIMITED));
    const pace = createPace(turns, UNBOUNDED);
    return resolveAvailability({ loaders, tracer: UNTRACED, pace }, { gpuCount: 1 }, () => NO_SIZE);
  };
  const isReady = () => catalog.readiness() === 'ready';
  return {
    async loadEngine() {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: OPERATION });
      await handler.fetch(`http://warm-up.invalid${ENDPOINT}`, { method: 'POST', headers, body });
    },
    keepReady: () => keepReady({ ask, isReady, onFault: onFaultOf('warm_up'), signal: stopping }),
  };
}
