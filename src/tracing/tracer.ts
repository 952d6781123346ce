/** What is told of a span, by name; what is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** How a span is begun. */
export interface SpanOptions {
  /** At the edges of the gateway: the answer to a request, and a request of its own. */
  readonly kind?: 'server' | 'client';
  readonly attributes?: Attributes;
  /** Begins a trace of its own, linked to the span under way: who caused it does not wait for it. */
  readonly apart?: boolean;
  /** The header of W3C Trace Context, as a client sent it: the span belongs to that trace. */
  readonly traceparent?: string | undefined;
}

/** Tells what is done on whose behalf, and how long it takes. */
export interface Tracer {
  /** Does `work` in a span that ends with it. It is the span under way for all that is done for `work`. */
  span<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  /** Adds to the span under way, if there is one. With an 'error.type', it has failed. */
  note(attributes: Attributes): void;
  /** Adds so many to a number of the span under way, if there is one. */
  count(attribute: string, added: number): void;
  /** `work` that, whenever it is called, belongs to the span that is under way now. */
  bind<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void;
  /** The span under way, if there is one, as a header of W3C Trace Context. */
  traceparent(): string | undefined;
}

/** Tells nothing, and costs nothing. */
export const UNTRACED: Tracer = {
  span: (_name, _options, work) => work(),
  note() {},
  count() {},
  bind: (work) => work,
  traceparent: () => undefined,
};
