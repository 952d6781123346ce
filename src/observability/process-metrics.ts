import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * Metrics of prom-client that are removed. Their names end in `_total` although they are not counters, which Prometheus' naming rules
 * forbid. The metrics with the same names but without `_total` contain the same numbers, by type.
 */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Adds prom-client's metrics of the process and of Node to `registry`. */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
