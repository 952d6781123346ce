import type { Plugin } from 'graphql-yoga';
import type { Tracer } from '../../observability/tracing/tracer.ts';

/** Runs each operation in a span. Its document, its name and its variables are the client's, and not told. */
export function useOperationSpans(tracer: Tracer): Plugin {
  const inSpan = (type: string) => (_operation: object, run: () => Promise<void> | void) =>
    tracer.span(type, { attributes: { 'graphql.operation.type': type } }, async () => run());
  return { instrumentation: { execute: inSpan('query'), subscribe: inSpan('subscription') } };
}
