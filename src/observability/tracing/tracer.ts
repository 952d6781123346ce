/** Attributes of a span, by name. Undefined values are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The options of a new span. */
export interface SpanOptions {
  /**
   * The kind of a span at the edge of the gateway: 'server' for a client's request, 'client' for a request that the gateway sends. Other
   * spans have no kind.
   */
  readonly kind?: 'server' | 'client';
  readonly attributes?: Attributes;
  /** Whether the span starts a separate trace that links to the current span. Used for work that the current span does not wait for. */
  readonly apart?: boolean;
  /** The `traceparent` header that the client sent (W3C Trace Context). The span becomes part of that trace. */
  readonly traceparent?: string | undefined;
}

/** Records the work that is done for a request, and how long it takes. */
export interface Tracer {
  /** Runs `work` in a new span, which ends when `work` ends. The new span is the current span during `work`. */
  span<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  /** Adds attributes to the current span, if there is one. An 'error.type' marks the span as failed. */
  note(attributes: Attributes): void;
  /** Adds a number to a numeric attribute of the current span, if there is one. */
  count(attribute: string, added: number): void;
  /** Returns a function that runs `work` in the span that is current now, even if the function is called later. */
  bind<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
  /** Returns the current span as a `traceparent` header of W3C Trace Context; `undefined` if there is no span. */
  traceparent(): string | undefined;
}

/** A tracer that records nothing and costs nothing. */
export const UNTRACED: Tracer = {
  span: (_name, _options, work) => work(),
  note() {},
  count() {},
  bind: (work) => work,
  traceparent: () => undefined,
};
