import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OverloadedError, type Shortage } from '../domain/errors.ts';
import type { Budget } from '../loaders/budget.ts';
import type { GraphQLContext } from './context.ts';
import { overloaded } from './mask-error.ts';
import type { Reservation } from './reservation.ts';

/** What an operation may cost while the event loop lags. */
export interface Frugality {
  readonly isOverloaded: () => boolean;
  readonly onRefused: (shortage: Shortage) => void;
}

/** Rows that a small question reads at most: the whole matrix of RunPod, twice. */
const FEW_ROWS = 4000;

/** A longer document is not parsed while the event loop lags. */
const SHORT_DOCUMENT = 10_000;

/**
 * The same budget, whose bytes need room in memory. Throws an `OverloadedError` when there is none, or when rows are many while the
 * event loop lags.
 */
export function withRoom(budget: Budget, reservation: Reservation, isOverloaded: () => boolean): Budget {
  let rows = 0;
  return {
    ...budget,
    reset() {
      rows = 0;
      budget.reset();
    },
    spendRows(count, matrix) {
      budget.spendRows(count, matrix);
      rows += count;
      if (rows <= FEW_ROWS || !isOverloaded()) return;
      reservation.refuse('time');
      throw new OverloadedError('time');
    },
    spendBytes(count) {
      budget.spendBytes(count);
      const shortage = reservation.reserve(count);
      if (shortage !== null) throw new OverloadedError(shortage);
    },
  };
}

/**
 * Runs an operation again when there is room for its answer, if there was none before. Refuses it with `OVERLOADED` when that takes
 * too long. The first run has made nothing large: bytes are spent before they are made, and what RunPod answered is in the cache.
 */
export function useAnswerRoom({ isOverloaded, onRefused }: Frugality): Plugin<GraphQLContext> {
  return {
    onParse({ params: { source } }) {
      if (String(source).length <= SHORT_DOCUMENT || !isOverloaded()) return;
      onRefused('time');
      throw overloaded(new OverloadedError('time'));
    },
    onExecute({ executeFn, setExecuteFn, context: { reservation, loaders } }) {
      setExecuteFn(async (args) => {
        for (;;) {
          // oxlint-disable-next-line no-await-in-loop
          const result: ExecutionResult = await executeFn(args);
          const shortage = reservation.shortage();
          if (shortage === null) return result;
          if (!(await reservation.waitForRoom())) return { errors: [overloaded(new OverloadedError(shortage))] };
          loaders.budget.reset();
        }
      });
    },
  };
}
