import { OperationTooComplexError } from '../domain/errors.ts';
import { ErrorAllowance } from './error-allowance.ts';

/** The limits on what one operation may cost. */
export interface OperationLimits {
  /** The maximum number of upstream requests. Answers in the cache need no request. */
  readonly maxUpstreamRequests: number;
  /**
   * The maximum number of availability rows in the whole operation. An operation may always have twice as many rows as there are cells (GPU
   * types × data centers), even if this is more.
   */
  readonly maxRows: number;
  /** The maximum size of the response as JSON, in bytes. */
  readonly maxBytes: number;
}

/**
 * Counts the cost of one operation. A method that counts or checks a cost throws an `OperationTooComplexError` if this cost exceeds its
 * limit.
 */
export interface Budget {
  /** Counts requests to RunPod. Call this before the requests are sent. */
  spendUpstreamRequests(count: number): void;
  /** Checks that `count` more upstream requests are within the limit, without counting them. */
  checkUpstreamRequests(count: number): void;
  /** Counts an availability field as one row of the operation. Call this before the field does any work. */
  spendField(): void;
  /**
   * Counts availability rows. `matrix` is the number of GPU types times the number of data centers. Call this before the rows are built.
   */
  spendRows(count: number, matrix: number): void;
  /** Counts bytes of the response. Call this before the bytes are produced. */
  spendBytes(count: number): void;
  /**
   * Counts an error of a field, and returns what the field must report. This is the error itself while the limits for errors are not
   * exceeded. After that, it is one summary, and then `null` for each later error. Never throws.
   */
  spendError(error: unknown): unknown;
  /** Whether `spendError` has returned the summary of errors. After that, all remaining fields become null, so they need no work. */
  isOutOfErrors(): boolean;
  /**
   * Whether the error about an unknown GPU type may suggest similar names. Only the errors about the first few unknown names of an
   * operation do, because finding suggestions takes milliseconds.
   */
  readonly maySuggest: (name: string) => boolean;
  /** Sets all counts to zero. Call this before the next event of a subscription. */
  reset(): void;
}

/** Creates a budget with all counts at zero. */
export function createBudget({ maxUpstreamRequests, maxRows, maxBytes }: OperationLimits): Budget {
  let spent = spendNothing();
  let mostRows = maxRows;

  function spendRows(count: number): void {
    spent.rows += count;
    if (spent.rows <= mostRows) return;
    throw new OperationTooComplexError(
      `This operation requests the availability of more than ${mostRows} cells. Do not nest availability in itself.`,
    );
  }

  function checkUpstreamRequests(count: number): void {
    const requests = spent.upstreamRequests + count;
    if (requests <= maxUpstreamRequests) return;
    throw new OperationTooComplexError(
      `This operation would send ${requests} requests to RunPod; the limit is ${maxUpstreamRequests}. Request fewer pod sizes or GPU types at once.`,
    );
  }

  return {
    checkUpstreamRequests,
    spendUpstreamRequests(count) {
      checkUpstreamRequests(count);
      spent.upstreamRequests += count;
    },
    reset() {
      spent = spendNothing();
    },
    spendBytes(count) {
      spent.bytes += count;
      if (spent.bytes <= maxBytes) return;
      throw new OperationTooComplexError(
        `The response could take ${Math.ceil(spent.bytes)} bytes; the limit is ${maxBytes}. Request fewer rows or fields at once, or use shorter aliases.`,
      );
    },
    spendField: () => spendRows(1),
    spendRows(count, matrix) {
      mostRows = Math.max(mostRows, 2 * matrix);
      spendRows(count);
    },
    spendError: (error) => spent.errors.spend(error),
    isOutOfErrors: () => spent.errors.isSummarised,
    maySuggest: (name) => spent.errors.maySuggest(name),
  };
}

const spendNothing = () => ({ upstreamRequests: 0, rows: 0, bytes: 0, errors: new ErrorAllowance() });
