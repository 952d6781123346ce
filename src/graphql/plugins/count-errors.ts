import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';

/** A result, or an item of its `incremental` list, with its errors in the form that clients receive. */
interface Answered {
  readonly errors?: readonly Coded[];
  readonly incremental?: readonly { readonly errors?: readonly Coded[] }[];
}

interface Coded {
  readonly extensions?: { readonly code?: unknown };
}

/**
 * Calls `onError` with the code of each error in a result, an incremental result or a subscription event. Requests that are refused before
 * GraphQL reads the operation are not counted, because they have no result.
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
