import { OperationTooComplexError } from '../domain/errors.ts';
import { ErrorAllowance } from './error-allowance.ts';

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

/** Creates an unspent budget. */
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
