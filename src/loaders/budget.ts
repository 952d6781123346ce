import { OperationTooComplexError } from '../domain/errors.ts';
import { ErrorAllowance } from './error-allowance.ts';

/** The limits on what one operation may cost. */
export interface OperationLimits {
  /** The maximum number of upstream requests. Answers in the cache need no request. */
  readonly maxUpstreamRequests: number;
  /**
   * The maximum number of availability rows in all fields of the operation together. Twice the number of all existing cells is always
   * allowed.
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
  /** Counts upstream requests. Call this before the requests are made. */
  spendUpstreamRequests(count: number): void;
  /** Checks that this many more upstream requests are within the limit, without counting them. */
  checkUpstreamRequests(count: number): void;
  /** Counts an availability field as one row. Call this before the field does any work. */
  spendField(): void;
  /** Counts rows. `matrix` is the number of all existing cells. Call this before the rows are built. */
  spendRows(count: number, matrix: number): void;
  /** Counts bytes of the response. Call this before the bytes are produced. */
  spendBytes(count: number): void;
  /**
   * Counts an error and returns what its field reports. Within the limit, the field reports the error itself. Beyond the limit, a
   * summary replaces the first error and `null` replaces each later error. Never throws.
   */
  spendError(error: unknown): unknown;
  /** Whether `spendError` has returned the summary. The fields that are resolved after that are null and need no work. */
  isOutOfErrors(): boolean;
  /**
   * Whether an error about this unknown name may suggest other names. Only errors about the first few unknown names contain suggestions,
   * because it takes milliseconds to find them.
   */
  readonly maySuggest: (name: string) => boolean;
  /** Sets all counts to zero, for the next event of a subscription. */
  reset(): void;
}

/** Creates a budget of which nothing has been spent yet. */
export function createBudget({ maxUpstreamRequests, maxRows, maxBytes }: OperationLimits): Budget {
  let spent = spendNothing();
  let mostRows = maxRows;

  function spendRows(count: number): void {
    spent.rows += count;
    if (spent.rows <= mostRows) return;
    throw new OperationTooComplexError(
      `This operation asks for the availability of more than ${mostRows} cells. Do not nest availability in itself.`,
    );
  }

  function checkUpstreamRequests(count: number): void {
    const requests = spent.upstreamRequests + count;
    if (requests <= maxUpstreamRequests) return;
    throw new OperationTooComplexError(
      `This operation would ask RunPod ${requests} times; the limit is ${maxUpstreamRequests}. Ask for fewer pod sizes or GPU types at once.`,
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
        `The answer could take ${Math.ceil(spent.bytes)} bytes; the limit is ${maxBytes}. Ask for fewer rows or fields at once, or use shorter aliases.`,
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
