import { Gauge, Registry } from 'prom-client';
import { type BackgroundCounters, createBackgroundCounters } from './background-counters.ts';
import { type Exposition, type MetricsFormat, printMetrics } from './exposition.ts';
import { addGauges, type Watched } from './gauges.ts';
import { createRequestCounters, type RequestCounters } from './request-counters.ts';
import { createResponseCounters, type ResponseCounters } from './response-counters.ts';
import { createUpstreamCounters, type UpstreamCounters } from './upstream-counters.ts';

/** The gateway's own metrics. No label has a value that a client can choose. */
export interface Metrics extends UpstreamCounters, RequestCounters, ResponseCounters, BackgroundCounters {
  readonly registry: Registry;
  /** Adds gauges that show the state of the gateway. */
  readonly watch: (watched: Watched) => void;
  /** Collects all metrics, and returns them as text. */
  readonly print: (format: MetricsFormat) => Promise<Exposition>;
}

/** Creates the metrics in a registry of their own. `version` is the version of the gateway. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  addBuildInfo(registry, version);
  return {
    registry,
    ...createUpstreamCounters(registry),
    ...createRequestCounters(registry),
    ...createResponseCounters(registry),
    ...createBackgroundCounters(registry),
    watch: (watched) => addGauges(registry, watched),
    print: (format) => printMetrics(registry, format),
  };
}

function addBuildInfo(registry: Registry, version: string): void {
  const info = new Gauge({
    name: 'gpu_gateway_build_info',
    help: 'Always 1. The labels contain the versions of the gateway and of Node',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  });
  info.set({ version, node_version: process.versions.node }, 1);
}
