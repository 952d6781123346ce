import type { TypedDocumentString } from '../graphql/graphql.ts';
import { QUERY_TIMEOUT_MS } from '../timing.ts';
import { persistedQueryOf } from './persisted-query.ts';

/** Why a question has no answer, in words for people. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /**
   * 'unauthenticated': a key is missing or wrong; 'unreachable': the gateway cannot be reached; 'outdated': it is another version, which
   * has another board; 'failed': it answered, with an error.
   */
  readonly kind: 'unauthenticated' | 'unreachable' | 'outdated' | 'failed';
  constructor(kind: QueryError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** An answer of GraphQL over HTTP. */
interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Data of an answer without errors. A root field is null only when it failed. */
export type CompleteData<Data> = { readonly [Field in keyof Data]: NonNullable<Data[Field]> };

/** Asks the gateway. @throws {QueryError} when there is no whole answer; an abort comes through as it is. */
export type SendQuery = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
) => Promise<CompleteData<Data>>;

/** Asks `url` by POST, with the headers of the moment. */
export function createSendQuery(url: string, headers: () => Record<string, string>): SendQuery {
  return async (document, variables, signal) => {
    const body = JSON.stringify({ ...persistedQueryOf(document), variables });
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)]);
    const sent = { ...headers(), 'content-type': 'application/json' };
    const init = { method: 'POST', headers: sent, body, signal: inTime };
    const response = await fetch(url, init).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new QueryError('unreachable', 'The gateway cannot be reached.', { cause: error });
    });
    return dataOf(await answerOf(response, signal));
  };
}

async function answerOf<Data>(response: Response, signal: AbortSignal): Promise<Answer<Data>> {
  if (response.status === 401) throw new QueryError('unauthenticated', 'The gateway wants a key.');
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new QueryError('unreachable', `The gateway answered with HTTP ${response.status}.`, { cause: error });
  }
}

function dataOf<Data>({ data, errors }: Answer<Data>): CompleteData<Data> {
  const [error] = errors ?? [];
  if (error?.extensions?.code === 'PERSISTED_QUERY_NOT_FOUND') {
    throw new QueryError('outdated', 'The gateway has another version of this page. Reload it.');
  }
  if (error !== undefined || data == null) throw new QueryError('failed', error?.message ?? 'The answer is empty.');
  return data as CompleteData<Data>;
}
