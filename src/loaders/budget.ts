import { OperationTooComplexError } from '../domain/errors.ts';

/** The limits on what one operation may cost. */
export interface OperationLimits {
  /** Upstream requests, for what the cache cannot answer. */
  readonly maxUpstreamRequests: number;
  /** Rows of availability, over all fields of the operation. Twice the number of all cells is always allowed. */
  readonly maxRows: number;
  /** Bytes of the response, as JSON. */
  readonly maxBytes: number;
}

/**
 * Counts what one operation costs. Methods that count or check a cost throw an `OperationTooComplexError` if it exceeds the limit.
 */
export interface Budget {
  /** Counts upstream requests. To be called before they are made. */
  spendUpstreamRequests(count: number): void;
  /** Checks upstream requests that may be made later, without counting them. */
  checkUpstreamRequests(count: number): void;
  /** Counts an availability field as one row. To be called before the field does any work. */
  spendField(): void;
  /** Counts rows, given the number of all cells (`matrix`). To be called before the rows are built. */
  spendRows(count: number, matrix: number): void;
  /** Counts bytes of the response. To be called before they are produced. */
  spendBytes(count: number): void;
  /**
   * Counts an error and returns what its field reports: the error itself, or past the limit a summary once and then `null`. Never
   * throws.
   */
  spendError(error: unknown): unknown;
  /** Whether the summary of errors was returned. Later fields are null and need no work. */
  isOutOfErrors(): boolean;
  /**
   * Whether an error about this unknown name may suggest others, which takes milliseconds. Only the first few names get
   * suggestions.
   */
  readonly maySuggest: (name: string) => boolean;
  /** Starts again from zero, for the next event of a subscription. */
  reset(): void;
}

/** The most errors that one operation reports, and characters of their messages together. */
const MAX_ERRORS = 100;
const MAX_ERROR_LENGTH = 100_000;

/** The most unknown names of one operation that get suggestions. */
const MAX_SUGGESTIONS = 3;

/** Creates an unspent budget. */
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
      `This operation would ask RunPod ${requests} times; the limit is ${maxUpstreamRequests}. Ask for fewer pod sizes or GPU types at once.`,
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
        `The answer could take ${Math.ceil(bytes)} bytes; the limit is ${maxBytes}. Ask for fewer rows or fields at once, or use shorter aliases.`,
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
