import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { OverloadedError } from '../../domain/errors.ts';
import type { Shortage } from '../../domain/permit.ts';
import type { GraphQLContext } from '../context.ts';
import { overloaded } from '../mask-error.ts';

/** What an operation may cost while the event loop lags. */
export interface OverloadOptions {
  readonly isOverloaded: () => boolean;
  readonly onRefused: (shortage: Shortage) => void;
}

/** A longer document is not parsed while the event loop lags. */
const SHORT_DOCUMENT = 10_000;

/**
 * Answers an operation that was refused while it ran with `OVERLOADED` alone. An operation that is known to be large before it runs, as a
 * question about the schema is, waits for its permit first.
 */
export function useOverloadProtection({ isOverloaded, onRefused }: OverloadOptions): Plugin<GraphQLContext> {
  return {
    onParse({ params: { source } }) {
      if (String(source).length <= SHORT_DOCUMENT || !isOverloaded()) return;
      onRefused('time');
      throw overloaded(new OverloadedError('time'));
    },
    onExecute({ executeFn, setExecuteFn, context: { permit, pace } }) {
      setExecuteFn(async (args) => {
        if (pace.isSpread()) {
          const shortage = await permit.obtain();
          if (shortage !== null) return { errors: [overloaded(new OverloadedError(shortage))] };
        }
        const result: unknown = await executeFn(args);
        const shortage = permit.refusal();
        // Parts that wait to be written take more memory than what is written and unread, and keep the permit.
        if (isAsyncIterable(result)) permit.writeAhead();
        if (shortage === null) return result;
        if (isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.();
        return { errors: [overloaded(new OverloadedError(shortage))] };
      });
    },
  };
}
