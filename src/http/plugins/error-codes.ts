import type { IncomingMessage } from 'node:http';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { refusalCodeOf } from '../refusal.ts';
import { addErrorCode } from '../request-details.ts';

/**
 * A result, an item of its `incremental` or `completed` list, or a subscription event, with its errors in the form that clients receive.
 */
interface Coded {
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[];
  readonly incremental?: readonly Coded[];
  readonly completed?: readonly Coded[];
}

/** Adds the codes of all errors that a client receives to the details that are logged about its request. */
export function useErrorCodes(): Plugin<object, { readonly req?: IncomingMessage }> {
  return {
    onResultProcess({ result, setResult, serverContext: { req } }) {
      // There is no result if the client has disconnected.
      if (req === undefined || result === undefined) return;
      if (!isAsyncIterable(result)) {
        addCodes(req, result as Coded);
        return;
      }
      const noted = mapAsyncIterator(result, (part) => {
        addCodes(req, part as Coded);
        return part;
      });
      setResult(noted);
    },
    onResponse({ request, serverContext: { req } }) {
      const code = refusalCodeOf(request);
      if (req !== undefined && code !== undefined) addErrorCode(req, code);
    },
  };
}

function addCodes(request: IncomingMessage, { errors = [], incremental = [], completed = [] }: Coded): void {
  for (const { extensions } of errors) {
    if (typeof extensions?.code === 'string') addErrorCode(request, extensions.code);
  }
  for (const part of incremental) addCodes(request, part);
  for (const part of completed) addCodes(request, part);
}
