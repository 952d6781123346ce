import type { Plugin } from 'graphql-yoga';
import type { Tracer } from '../../observability/tracing/tracer.ts';

/**
 * Runs each operation in a trace span. The span does not contain the document, operation name or variables, because clients choose them.
 */
export function useOperationSpans(tracer: Tracer): Plugin {
  const inSpan = (type: string) => (_operation: object, run: () => Promise<void> | void) =>
    tracer.span(type, { attributes: { 'graphql.operation.type': type } }, async () => run());
  return { instrumentation: { execute: inSpan('query'), subscribe: inSpan('subscription') } };
}
