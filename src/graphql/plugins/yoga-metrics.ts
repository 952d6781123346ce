import { usePrometheus } from '@graphql-yoga/plugin-prometheus';
import type { Plugin } from 'graphql-yoga';
import type { Histogram, LabelValues, Registry } from 'prom-client';
import type { RequestDurations } from '../../observability/durations.ts';

/**
 * Counts and times what Yoga does. Its plugin labels by URL, by operation name and by response path, all of which clients choose:
 * here none is. How long requests took is told to `durations`.
 */
export function useYogaMetrics(registry: Registry, durations: RequestDurations): Plugin {
  return usePrometheus({
    endpoint: '/metrics',
    registry,
    labels: { url: false, method: false, operationName: false, path: false },
    metrics: {
      graphql_yoga_http_duration: {
        histogram: observedBy(durations),
        fillLabelsFn: ({ operationType = 'unknown', response }) => ({ operationType, statusCode: response.status }),
      },
      graphql_envelop_error_result: true,
      graphql_envelop_phase_parse: false,
      graphql_envelop_phase_validate: false,
      graphql_envelop_phase_context: false,
      graphql_envelop_phase_execute: true,
      graphql_envelop_phase_subscribe: false,
      graphql_envelop_request: false,
      graphql_envelop_request_duration: false,
      graphql_envelop_request_time_summary: false,
      graphql_envelop_schema_change: false,
      graphql_envelop_deprecated_field: false,
    },
  });
}

/** All that the plugin asks of a histogram. */
function observedBy(durations: RequestDurations): Histogram {
  const observe = ({ operationType, statusCode }: LabelValues<string>, seconds: number) =>
    durations.observe(String(operationType), Number(statusCode), seconds);
  return { observe } as unknown as Histogram;
}
