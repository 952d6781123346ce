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
   * The subject of the request. Requests about the same thing share a subject. The subject of a request for a list is the name of its
   * operation. Such a request is never cut off, because all other requests depend on the lists.
   */
  readonly subject: string;
  /**
   * Sends the request and returns the response body. Rejects with an `UpstreamError` when the request fails. Rejects soon after `signal` is
   * aborted.
   */
  readonly exchange: (signal: AbortSignal) => Promise<string>;
  /**
   * Parses the response body. `asked` is when this attempt was sent. Earlier attempts and the wait for a slot are over by then.
   * @throws {UpstreamError} when the body does not answer the request.
   */
  readonly read: (body: string, asked: Asked) => ParsedResponse<T>;
}

/** The report about the end of one run of a request. */
export interface AttemptReport {
  readonly operation: string;
  readonly subject: string;
  /**
   * The outcome of the run. YIELDED means that the run was cut off to make way for other requests, or because it lost its slot. The request
   * will be sent again within the same attempt, so this outcome does not count as a failure.
   */
  readonly outcome: 'COMPLETE' | 'INCOMPLETE' | 'YIELDED' | FailureCode;
  readonly durationMs: number;
  /** The error of the run; `null` if the run succeeded or yielded. */
  readonly error: UpstreamError | null;
}
