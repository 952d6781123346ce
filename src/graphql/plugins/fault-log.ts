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

/** Logs faults of the gateway, with the id of the request if there is one. */
export interface FaultLog {
  /** Logs errors of resolvers before they are masked. */
  readonly plugin: Plugin;
  /** The logger for Yoga. Its lines have no request id, because Yoga does not pass the id. */
  readonly logging: Record<'debug' | 'info' | 'warn' | 'error', (message: unknown) => void>;
}

/**
 * Creates the log of faults. It does not log mistakes of clients, refused operations, upstream failures (which are logged where they
 * happen), or clients that have disconnected.
 */
export function createFaultLog(log: Logger): FaultLog {
  const logged = new WeakSet<object>();

  function logFault(error: unknown, requestId?: string | null): void {
    const cause = causeOf(error);
    if (isExpected(error, cause) || (error instanceof Object && logged.has(error))) return;
    if (error instanceof Object) logged.add(error);
    log.error({ requestId, err: cause }, 'request failed because of a fault of the gateway');
  }

  function logErrors(result: object, { request }: { readonly request: Request }): void {
    // The faults of this result that were already logged. One fault may make many fields fail, and the result then has an error for each
    // field. The fault is logged only once.
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
