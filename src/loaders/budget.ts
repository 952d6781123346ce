import { OperationTooComplexError } from '../domain/errors.ts';

/** What one operation may cost. */
export interface OperationLimits {
  /** Requests to the source that the cache does not answer. */
  readonly maxUpstreamRequests: number;
  /** Rows of availability, over all fields of the operation; twice the whole matrix may be asked for in any case. */
  readonly maxRows: number;
  /** Bytes of the answer, as JSON. */
  readonly maxBytes: number;
}

/** Counts what one operation costs. All throw an `OperationTooComplexError` when it would cost more than it may. */
export interface Budget {
  /** To be told of requests to the source before they are made. */
  spendUpstreamRequests(count: number): void;
  /** To be asked about requests that may be made later. */
  checkUpstreamRequests(count: number): void;
  /** Counts a field about availability as one row. To be called before the field does any work. */
  spendField(): void;
  /** To be told of rows before they are built, and of how many rows the whole matrix has. */
  spendRows(count: number, matrix: number): void;
  /** To be told of bytes of the answer before they are made. */
  spendBytes(count: number): void;
  /** Returns the error that a failed field reports: its own, once a summary of all that follow, then `null`. */
  spendError(error: unknown): unknown;
  /** Whether the summary of errors was returned. The fields that follow are null, and need not be answered. */
  isOutOfErrors(): boolean;
  /** Whether an error about an unknown name may suggest others, which takes milliseconds. True for the first few names. */
  readonly maySuggest: (name: string) => boolean;
  /** Begins anew. */
  reset(): void;
}

/** Errors of one operation, and characters of their messages. */
const MAX_ERRORS = 100;
const MAX_ERROR_LENGTH = 100_000;

/** Unknown names of one operation that get suggestions. */
const MAX_SUGGESTIONS = 3;

/** A budget that is unspent. */
export function createBudget({ maxUpstreamRequests, maxRows, maxBytes }: OperationLimits): Budget {
  let upstreamRequests = 0;
  let rows = 0;
  let bytes = 0;
  let most = maxRows;
  let errors = 0;
  let errorLength = 0;
  let isSummarised = false;
  const suggested = new Set<string>();

  function countRows(count: number): void {
    rows += count;
    if (rows <= most) return;
    throw new OperationTooComplexError(
      `This operation asks for the availability of more than ${most} cells. Do not nest availability in itself.`,
    );
  }

  function checkUpstreamRequests(count: number): void {
    const requests = upstreamRequests + count;
    if (requests <= maxUpstreamRequests) return;
    throw new OperationTooComplexError(
      `This operation would ask RunPod ${requests} times; ${maxUpstreamRequests} is the most. Ask for fewer pod sizes or GPU types at once.`,
    );
  }

  return {
    checkUpstreamRequests,
    spendUpstreamRequests(count) {
      checkUpstreamRequests(count);
      upstreamRequests += count;
    },
    reset() {
      upstreamRequests = 0;
      rows = 0;
      bytes = 0;
      errors = 0;
      errorLength = 0;
      isSummarised = false;
      suggested.clear();
    },
    spendBytes(count) {
      bytes += count;
      if (bytes <= maxBytes) return;
      throw new OperationTooComplexError(
        `The answer could take ${Math.ceil(bytes)} bytes; ${maxBytes} is the most. Ask for fewer rows or fields at once, or use shorter aliases.`,
      );
    },
    spendField: () => countRows(1),
    spendRows(count, matrix) {
      most = Math.max(most, 2 * matrix);
      countRows(count);
    },
    spendError(error) {
      errors += 1;
      errorLength += String(error).length;
      if (errors <= MAX_ERRORS && errorLength <= MAX_ERROR_LENGTH) return error;
      if (isSummarised) return null;
      isSummarised = true;
      return new OperationTooComplexError(
        `Too many fields of this operation fail; ${MAX_ERRORS} errors are the most. Fields after this one may be null without an error.`,
      );
    },
    isOutOfErrors: () => isSummarised,
    maySuggest: (name) => {
      if (suggested.size < MAX_SUGGESTIONS) suggested.add(name);
      return suggested.has(name);
    },
  };
}
