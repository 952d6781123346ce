import { GraphQLError } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import {
  EventsMissedError,
  InvalidArgumentError,
  OperationTooComplexError,
  OverloadedError,
  TooManySubscriptionsError,
  UpstreamError,
} from '../../domain/errors.ts';
import { isClients } from '../mask-error.ts';
import { errorsIn } from './incremental-delivery.ts';

/** Logs faults of the gateway, with the id of the request where there is one. */
export interface FaultLog {
  /** Sees errors of resolvers before they are masked. */
  readonly plugin: Plugin;
  /** For Yoga, whose own errors are about no request that it would name. */
  readonly logging: Record<'debug' | 'info' | 'warn' | 'error', (message: unknown) => void>;
}

/** Mistakes of clients, refusals, failures of the upstream (logged where they happened) and clients that left are not faults. */
export function createFaultLog(log: Logger): FaultLog {
  const logged = new WeakSet<object>();

  function logFault(error: unknown, requestId?: string | null): void {
    const cause = causeOf(error);
    if (isExpected(error, cause) || (error instanceof Object && logged.has(error))) return;
    if (error instanceof Object) logged.add(error);
    log.error({ requestId, err: cause }, 'request failed by a fault of the gateway');
  }

  function logErrors(result: object, { request }: { readonly request: Request }): void {
    // One fault may cost many fields, and Yoga tells of each.
    const causes = new Set<unknown>();
    for (const error of errorsIn(result)) {
      if (causes.has(causeOf(error))) logged.add(error);
      else logFault(error, request.headers.get('x-request-id'));
      causes.add(causeOf(error));
    }
  }

  return {
    plugin: {
      onExecute: ({ args }) => ({
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result }) => logErrors(result, args.contextValue)),
      }),
      onSubscribe: ({ args }) => ({
        onSubscribeResult({ result }) {
          logErrors(result, args.contextValue);
          return { onNext: ({ result: event }) => logErrors(event, args.contextValue) };
        },
      }),
    },
    logging: {
      debug: (message) => log.trace(String(message)),
      info: (message) => log.info(String(message)),
      warn: (message) => log.warn(String(message)),
      error: (error) => logFault(error),
    },
  };
}

const causeOf = (error: unknown) => (error instanceof GraphQLError ? (error.originalError ?? error) : error);

const EXPECTED = [
  InvalidArgumentError,
  OperationTooComplexError,
  OverloadedError,
  UpstreamError,
  EventsMissedError,
  TooManySubscriptionsError,
];

function isExpected(error: unknown, cause: unknown): boolean {
  if (error instanceof GraphQLError && isClients(error)) return true;
  if (EXPECTED.some((type) => cause instanceof type)) return true;
  return cause instanceof Error && cause.name === 'AbortError';
}
