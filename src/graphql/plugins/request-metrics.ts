import { type DocumentNode, getOperationAST } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';

/** The type of an operation; `unknown` if the request was refused, or its document is not valid. */
export type OperationType = 'query' | 'mutation' | 'subscription' | 'unknown';

/** Dependencies of `useRequestMetrics`. Durations are in seconds. */
export interface RequestMetricsOptions {
  readonly endpoint: string;
  /** Called for each response to an operation over HTTP, and for each refusal. */
  readonly onResponse: (type: OperationType, status: number, seconds: number) => void;
  /** Called at the end of each execution, and when a subscription has been opened. */
  readonly onExecuted: (type: OperationType, seconds: number) => void;
}

/** The lowest HTTP status of a refusal or a failure. */
const FIRST_ERROR = 400;

interface Run {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly contextValue: { readonly request?: Request };
}

/**
 * Measures the durations of responses to operations, of refusals and of executions. Other responses of the endpoint, such as the page of
 * GraphiQL, are not measured.
 */
export function useRequestMetrics({ endpoint, onResponse, onExecuted }: RequestMetricsOptions): Plugin {
  const startTimes = new WeakMap<Request, number>();
  const types = new WeakMap<Request, OperationType>();

  /** Records the type of the operation. Returns the function to call at the end of the execution. */
  function begin({ document, operationName, contextValue: { request } }: Run): () => void {
    const type = getOperationAST(document, operationName)?.operation ?? 'unknown';
    if (request !== undefined) types.set(request, type);
    const startedAt = performance.now();
    return () => onExecuted(type, secondsSince(startedAt));
  }

  return {
    onRequest({ request, url }) {
      if (url.pathname === endpoint) startTimes.set(request, performance.now());
    },
    onParams({ request }) {
      types.set(request, 'unknown');
    },
    onExecute({ args }) {
      const end = begin(args);
      return {
        onExecuteDone({ result }) {
          if (isAsyncIterable(result)) return { onEnd: end };
          end();
          return undefined;
        },
      };
    },
    onSubscribe({ args }) {
      const end = begin(args);
      return { onSubscribeResult: () => end() };
    },
    onResponse({ request, response: { status } }) {
      const startedAt = startTimes.get(request);
      const type = types.get(request);
      if (startedAt === undefined || (type === undefined && status < FIRST_ERROR)) return;
      onResponse(type ?? 'unknown', status, secondsSince(startedAt));
    },
  };
}

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;
