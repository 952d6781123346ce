import { Registry } from 'prom-client';
import { type BackgroundCounters, createBackgroundCounters } from './background-counters.ts';
import { addGauges, type Watched } from './gauges.ts';
import { createRequestCounters, type RequestCounters } from './request-counters.ts';
import { createUpstreamCounters, type UpstreamCounters } from './upstream-counters.ts';

/** The gateway's own metrics. No label has a value that a client can choose. */
export interface Metrics extends UpstreamCounters, RequestCounters, BackgroundCounters {
  readonly registry: Registry;
  /** Adds gauges that show the state of the gateway's parts. */
  readonly watch: (watched: Watched) => void;
}

/** Creates the metrics in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    registry,
    ...createUpstreamCounters(registry),
    ...createRequestCounters(registry),
    ...createBackgroundCounters(registry),
    watch: (watched) => addGauges(registry, watched),
  };
}
