import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Context,
  DiagLogLevel,
  diag,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode, parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { createRedactor } from '../redaction.ts';
import type { Attributes, SpanOptions, Tracer } from './tracer.ts';

/** What tracing needs. */
export interface TracingOptions {
  readonly log: Logger;
  /** Texts that no span may contain. */
  readonly secrets: readonly string[];
}

/** A tracer that exports its spans. */
export interface Tracing extends Tracer {
  /** Exports the spans that have ended, or gives up after `ms` milliseconds. */
  stop(ms: number): Promise<void>;
}

const NAME = 'gpu-availability-gateway';

/** The most characters of a text attribute. */
const MAX_LENGTH = 200;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/**
 * Creates spans with OpenTelemetry and exports them by OTLP over HTTP as JSON, configured by OpenTelemetry's own environment
 * variables. Registers nothing globally. Of Trace Context, only `traceparent` is read and sent; `tracestate` and baggage contain
 * text of other parties.
 */
export function startTracing({ log, secrets }: TracingOptions): Tracing {
  const provider = withSettingsLogged(log, () => createProvider(log));
  const tracer = provider.getTracer(NAME);
  const contexts = new AsyncLocalStorage<Context>();
  const counts = new WeakMap<Span, Map<string, number>>();
  const redact = createRedactor(secrets);

  const underWay = (): Span | undefined => trace.getSpan(contexts.getStore() ?? ROOT_CONTEXT);

  function describe(span: Span, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) continue;
      // Redact first: cutting the text could leave part of a secret, which is secret too.
      span.setAttribute(name, typeof value === 'string' ? redact(value).slice(0, MAX_LENGTH) : value);
    }
    if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  }

  function begin(name: string, { kind, attributes = {}, apart = false, traceparent }: SpanOptions) {
    const around = contexts.getStore() ?? ROOT_CONTEXT;
    const cause = apart ? trace.getSpanContext(around) : undefined;
    const links: Link[] = cause === undefined ? [] : [{ context: cause }];
    const parent = apart ? ROOT_CONTEXT : within(around, traceparent);
    const options = { links, ...(kind !== undefined && { kind: KINDS[kind] }) };
    const span = tracer.startSpan(name, options, parent);
    describe(span, attributes);
    return { span, context: trace.setSpan(parent, span) };
  }

  return {
    span(name, options, work) {
      const { span, context } = begin(name, options);
      return contexts.run(context, async () => {
        try {
          return await work();
        } catch (error) {
          describe(span, { 'error.type': typeOf(error) });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    note(attributes) {
      const span = underWay();
      if (span !== undefined) describe(span, attributes);
    },
    count(attribute, added) {
      const span = underWay();
      if (span === undefined) return;
      const counted = counts.get(span) ?? new Map<string, number>();
      const count = (counted.get(attribute) ?? 0) + added;
      counts.set(span, counted.set(attribute, count));
      describe(span, { [attribute]: count });
    },
    bind<Args extends unknown[]>(work: (...args: Args) => void) {
      // `AsyncResource.bind` is many times slower on Node 20.
      const resource = new AsyncResource('GATEWAY_WORK', { requireManualDestroy: true });
      return (...args: Args) => resource.runInAsyncScope(work, undefined, ...args);
    },
    traceparent() {
      const span = underWay()?.spanContext();
      return span && `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
    },
    async stop(ms) {
      const sent = provider.shutdown().catch(() => {});
      await Promise.race([sent, wait(ms, undefined, { ref: false })]);
    },
  };
}

/** Returns a context with the remote parent. An invalid header is ignored. */
function within(context: Context, traceparent: string | undefined): Context {
  const remote = traceparent === undefined ? null : parseTraceParent(traceparent);
  return remote === null ? context : trace.setSpanContext(context, { ...remote, isRemote: true });
}

/** Returns the code or name of an error. Its message is not used, because it may repeat what a client sent. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function createProvider(log: Logger): BasicTracerProvider {
  const ours = resourceFromAttributes({ 'service.name': NAME });
  return new BasicTracerProvider({
    resource: defaultResource()
      .merge(ours)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(reportingFailure(new OTLPTraceExporter(), log))],
  });
}

/** Wraps an exporter so that it logs the first of several failures in a row. */
function reportingFailure(exporter: SpanExporter, log: Logger): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, onDone) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        const reason = result.error?.message;
        if (failed && !isFailing)
          log.warn({ reason }, 'spans cannot be sent and are dropped until the collector accepts them again');
        isFailing = failed;
        onDone(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * Logs the settings that OpenTelemetry rejects; it continues without them. Its later messages concern single spans and are dropped.
 */
function withSettingsLogged<T>(log: Logger, create: () => T): T {
  const warn = (reason: string) => log.warn({ reason }, 'OpenTelemetry rejects a setting and continues without it');
  const quiet = () => {};
  const logger = { error: warn, warn, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  try {
    return create();
  } finally {
    diag.disable();
  }
}
