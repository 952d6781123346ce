import { type OpenMetricsContentType, Registry } from 'prom-client';

/** The formats of /metrics: Prometheus' own text format, and OpenMetrics. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** The metrics in one of the formats, with their media type. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** Collects the metrics of `registry`, and prints them. */
export async function printMetrics(registry: Registry, format: MetricsFormat): Promise<Exposition> {
  const printed = format === 'openmetrics' ? asOpenMetrics(registry) : registry;
  return { contentType: printed.contentType, body: await printed.metrics() };
}

/**
 * Returns a registry that prints the same metrics as OpenMetrics. When prom-client prints OpenMetrics, it removes the suffix `_total` from
 * the name of each counter for good. So each metric is registered as an object that has its own name and inherits everything else.
 */
function asOpenMetrics(registry: Registry): Registry<OpenMetricsContentType> {
  const openMetrics = new Registry<OpenMetricsContentType>();
  openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    if (metric !== undefined) openMetrics.registerMetric(Object.create(metric));
  }
  return openMetrics;
}
