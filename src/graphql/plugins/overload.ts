import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { OverloadedError } from '../../domain/errors.ts';
import type { Shortage } from '../../domain/permit.ts';
import type { GraphQLContext } from '../context.ts';
import { overloaded } from '../mask-error.ts';

/** The options of `useOverloadProtection`. */
export interface OverloadOptions {
  /** Whether the event loop lags. */
  readonly isOverloaded: () => boolean;
  /** Called for each document that is refused before it is parsed. */
  readonly onRefused: (shortage: Shortage) => void;
}

/** The maximum length of a document that is parsed even while the event loop lags, in characters. */
const SHORT_DOCUMENT = 10_000;

/**
 * Protects the gateway from large operations. A long document is refused while the event loop lags. If an operation is known to be large
 * before it runs, such as an introspection query, it waits for a permit. Only a few operations have a permit at the same time. An operation
 * that is refused while it runs returns only the error `OVERLOADED`, without data.
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
        // Writes the parts of an incremental response at once, even if the client has not read the earlier parts. Waiting parts would take
        // more memory than written bytes, and the operation would keep its permit meanwhile.
        if (isAsyncIterable(result)) permit.writeAhead();
        if (shortage === null) return result;
        if (isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.();
        return { errors: [overloaded(new OverloadedError(shortage))] };
      });
    },
  };
}
