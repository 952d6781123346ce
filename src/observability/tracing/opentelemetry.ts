import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type Tracer as SpanFactory,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { Logger } from 'pino';
import { VERSION } from '../../version.ts';
import { createRedactor } from '../redaction.ts';
import { startSpanExport } from './span-exporter.ts';
import type { Attributes, SpanOptions, Tracer } from './tracer.ts';

/** Dependencies of `startTracing`. */
export interface TracingOptions {
  readonly log: Logger;
  /** Secrets that no span may contain. */
  readonly secrets: readonly string[];
}

/** A tracer that exports its spans. */
export interface Tracing extends Tracer {
  /** Exports the spans that have ended. Gives up after `ms` milliseconds. */
  stop(ms: number): Promise<void>;
}

const NAME = 'gpu-availability-gateway';

/** The maximum length of a text attribute, in characters. Longer texts are cut. */
const MAX_LENGTH = 200;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/**
 * Starts tracing with OpenTelemetry. Spans are exported as JSON over OTLP/HTTP. OpenTelemetry's own environment variables configure the
 * export. Nothing is registered globally. The gateway reads and sends only the `traceparent` header of W3C Trace Context, because
 * `tracestate` and baggage contain text from other parties.
 */
export function startTracing({ log, secrets }: TracingOptions): Tracing {
  const provider = startSpanExport(NAME, log);
  const spans = new Spans(provider.getTracer(NAME, VERSION), createRedactor(secrets));
  return {
    span: (name, options, work) => spans.run(name, options, work),
    note: (attributes) => spans.note(attributes),
    count: (attribute, added) => spans.count(attribute, added),
    bind<Args extends unknown[]>(work: (...args: Args) => void) {
      // `AsyncResource.bind` is not used, because it is many times slower on Node 20.
      const resource = new AsyncResource('GATEWAY_WORK', { requireManualDestroy: true });
      return (...args: Args) => resource.runInAsyncScope(work, undefined, ...args);
    },
    traceparent() {
      const span = spans.current?.spanContext();
      return span && `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
    },
    async stop(ms) {
      const sent = provider.shutdown().catch(() => {});
      await Promise.race([sent, wait(ms, undefined, { ref: false })]);
    },
  };
}

/** Creates spans. While the work of a span runs, the span is the current span. */
class Spans {
  readonly #factory: SpanFactory;
  readonly #redact: (text: string) => string;
  readonly #contexts = new AsyncLocalStorage<Context>();
  readonly #counts = new WeakMap<Span, Map<string, number>>();

  constructor(factory: SpanFactory, redact: (text: string) => string) {
    this.#factory = factory;
    this.#redact = redact;
  }

  get current(): Span | undefined {
    return trace.getSpan(this.#contexts.getStore() ?? ROOT_CONTEXT);
  }

  /** Runs `work` in a new span. */
  run<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
    const { span, context } = this.#begin(name, options);
    return this.#contexts.run(context, async () => {
      try {
        return await work();
      } catch (error) {
        this.#describe(span, { 'error.type': typeOf(error) });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  note(attributes: Attributes): void {
    const span = this.current;
    if (span !== undefined) this.#describe(span, attributes);
  }

  count(attribute: string, added: number): void {
    const span = this.current;
    if (span === undefined) return;
    const counted = this.#counts.get(span) ?? new Map<string, number>();
    const count = (counted.get(attribute) ?? 0) + added;
    this.#counts.set(span, counted.set(attribute, count));
    this.#describe(span, { [attribute]: count });
  }

  #begin(name: string, { kind, attributes = {}, apart = false, traceparent }: SpanOptions) {
    const around = this.#contexts.getStore() ?? ROOT_CONTEXT;
    const cause = apart ? trace.getSpanContext(around) : undefined;
    const links: Link[] = cause === undefined ? [] : [{ context: cause }];
    const parent = apart ? ROOT_CONTEXT : within(around, traceparent);
    const options = { links, ...(kind !== undefined && { kind: KINDS[kind] }) };
    const span = this.#factory.startSpan(name, options, parent);
    this.#describe(span, attributes);
    return { span, context: trace.setSpan(parent, span) };
  }

  #describe(span: Span, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) continue;
      // The text is redacted before it is cut. Otherwise, the cut could leave only part of a secret, which would not be found.
      span.setAttribute(name, typeof value === 'string' ? this.#redact(value).slice(0, MAX_LENGTH) : value);
    }
    if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  }
}

/** Returns `context` with the remote span of a `traceparent` header as the parent. An invalid header is ignored. */
function within(context: Context, traceparent: string | undefined): Context {
  const remote = traceparent === undefined ? null : parseTraceParent(traceparent);
  return remote === null ? context : trace.setSpanContext(context, { ...remote, isRemote: true });
}

/** Returns the code or name of an error. The error's message is not used, because it may repeat text from a client. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
