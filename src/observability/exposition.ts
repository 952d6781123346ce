import { type OpenMetricsContentType, Registry } from 'prom-client';

/** The formats of /metrics: Prometheus' own text format, and OpenMetrics. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** The text of all metrics in one of the formats, and its media type. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** Collects the metrics of `registry`, and returns them as text. */
export async function printMetrics(registry: Registry, format: MetricsFormat): Promise<Exposition> {
  const printed = format === 'openmetrics' ? asOpenMetrics(registry) : registry;
  return { contentType: printed.contentType, body: await printed.metrics() };
}

/**
 * Returns a registry that prints the metrics of `registry` in the OpenMetrics format. When prom-client prints this format, it permanently
 * removes the suffix `_total` from the name of each counter. So each metric is registered as a new object that has its own name and
 * inherits everything else.
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
