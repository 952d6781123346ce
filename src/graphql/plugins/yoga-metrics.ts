import { usePrometheus } from '@graphql-yoga/plugin-prometheus';
import type { Plugin } from 'graphql-yoga';
import type { Histogram, Registry } from 'prom-client';

/**
 * Creates Yoga's plugin for metrics, which counts errors and measures the durations of requests and executions. Its labels for URL, method,
 * operation name and response path are off, because clients choose their values. The plugin records the duration of each request in
 * `durations`.
 */
export function useYogaMetrics(registry: Registry, durations: Histogram<'operationType' | 'statusCode'>): Plugin {
  return usePrometheus({
    endpoint: '/metrics',
    registry,
    labels: { url: false, method: false, operationName: false, path: false },
    metrics: {
      graphql_yoga_http_duration: {
        histogram: durations,
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
