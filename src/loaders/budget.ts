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
  /** To be told of rows before they are built, and of how many rows the whole matrix has. */
  spendRows(count: number, matrix: number): void;
  /** To be told of bytes of the answer before they are made. */
  spendBytes(count: number): void;
  /** Begins anew. */
  reset(): void;
}

/** A budget that is unspent. */
export function createBudget({ maxUpstreamRequests, maxRows, maxBytes }: OperationLimits): Budget {
  let upstreamRequests = 0;
  let rows = 0;
  let bytes = 0;

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
    },
    spendBytes(count) {
      bytes += count;
      if (bytes <= maxBytes) return;
      throw new OperationTooComplexError(
        `The answer could take ${Math.ceil(bytes)} bytes; ${maxBytes} is the most. Ask for fewer rows or fields at once, or use shorter aliases.`,
      );
    },
    spendRows(count, matrix) {
      rows += count;
      const most = Math.max(maxRows, 2 * matrix);
      if (rows <= most) return;
      throw new OperationTooComplexError(
        `This operation asks for the availability of more than ${most} cells. Do not nest availability in itself.`,
      );
    },
  };
}
