import type { Asked } from '../../domain/clock.ts';
import type { FailureCode, UpstreamError } from '../../domain/errors.ts';

/** The value that was read from a response, and whether the response contains everything that was requested. */
export interface ParsedResponse<T> {
  readonly value: T;
  readonly complete: boolean;
}

/** An HTTP request to a source, and how its response is parsed. */
export interface SourceRequest<T> {
  /** The name of the operation, for logs and error messages. */
  readonly operation: string;
  /**
   * What the request is about. Requests about the same thing have the same subject. If the subject is the name of the operation, the
   * request reads a list. It is then never cut off, because all other requests depend on the lists.
   */
  readonly subject: string;
  /**
   * Sends the request and returns the response body. Rejects with an `UpstreamError` when the request fails. Rejects soon after `signal` is
   * aborted.
   */
  readonly exchange: (signal: AbortSignal) => Promise<string>;
  /**
   * Parses the response body. `asked` is when this attempt was sent, after all earlier attempts and the wait for a slot.
   * @throws {UpstreamError} when the body does not answer the request.
   */
  readonly read: (body: string, asked: Asked) => ParsedResponse<T>;
}

/** The report about how one run of a request ended. */
export interface AttemptReport {
  readonly operation: string;
  readonly subject: string;
  /**
   * The outcome of the run. YIELDED means that the run was ended early, because other requests waited or because its slot was lost. The
   * request is then sent again, so this outcome does not count as a failure.
   */
  readonly outcome: 'COMPLETE' | 'INCOMPLETE' | 'YIELDED' | FailureCode;
  readonly durationMs: number;
  /** The error of the run; `null` if there was none. */
  readonly error: UpstreamError | null;
}
