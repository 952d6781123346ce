import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';

/** A result or a part of a result, with its errors in the form that clients receive. */
interface Answered {
  readonly errors?: readonly Coded[];
  readonly incremental?: readonly { readonly errors?: readonly Coded[] }[];
}

interface Coded {
  readonly extensions?: { readonly code?: unknown };
}

/**
 * Calls `onError` with the code of each error that is sent to a client in a result, a part of a result, or an event. Refusals of whole
 * requests, which are sent before GraphQL reads the operation, are not results.
 */
export function useErrorCount(onError: (code: string) => void): Plugin {
  const count = ({ errors, incremental }: Answered) => {
    for (const { extensions } of errors ?? []) onError(String(extensions?.code));
    for (const part of incremental ?? []) count(part);
  };
  return {
    onExecutionResult(payload) {
      const { result } = payload;
      // There is no result if the client has disconnected.
      if (result === undefined) return;
      if (!isAsyncIterable(result)) {
        count(result as Answered);
        return;
      }
      const counted = mapAsyncIterator(result, (part) => {
        count(part as Answered);
        return part;
      });
      payload.setResult(counted);
    },
  };
}
