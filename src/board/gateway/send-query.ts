import type { TypedDocumentString } from '../graphql/graphql.ts';
import { QUERY_TIMEOUT_MS } from '../timing.ts';
import { persistedQueryOf } from './persisted-query.ts';
import { retryAfterOf } from './retry-after.ts';

/** Thrown when a query gets no complete response. The message is written for visitors. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /**
   * - `unauthenticated`: the client key is missing or wrong.
   * - `unreachable`: no GraphQL response has arrived.
   * - `outdated`: the gateway serves another version of the page, and does not know the document of this query.
   * - `invalid`: the variables of the query are not valid, or the response would exceed a limit of the gateway.
   * - `runpod`: the gateway has no data, because RunPod does not answer the gateway's requests.
   * - `failed`: the response contains another error or no data.
   */
  readonly kind: 'unauthenticated' | 'unreachable' | 'outdated' | 'invalid' | 'runpod' | 'failed';
  /** How long the gateway asks to wait before the next request, in milliseconds; 0 if it asks for no wait. */
  readonly retryAfterMs: number;
  constructor(kind: QueryError['kind'], message: string, { retryAfterMs = 0, ...options }: QueryErrorOptions = {}) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

interface QueryErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number;
}

/** The body of the gateway's response to a query. */
interface GraphQLResponse<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/**
 * The error codes that mean invalid variables. A faulty document could cause some of them too, but the gateway accepts all documents of the
 * board.
 */
const INVALID: readonly string[] = ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_TOO_COMPLEX'];

/** The data of a response without errors. Its root fields are not null, because a root field is null only when it has failed. */
export type CompleteData<Data> = { readonly [Field in keyof Data]: NonNullable<Data[Field]> };

/**
 * Sends a query to the gateway. If `signal` is aborted, the promise rejects with the reason of the abort.
 * @throws {QueryError} when there is no complete response.
 */
export type SendQuery = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
) => Promise<CompleteData<Data>>;

/** Returns a function that sends queries to `url` by POST. `headers` is called for each request and returns its additional headers. */
export function createSendQuery(url: string, headers: () => Record<string, string>): SendQuery {
  return async (document, variables, signal) => {
    const body = JSON.stringify({ ...persistedQueryOf(document), variables });
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)]);
    const sent = { ...headers(), 'content-type': 'application/json' };
    const init = { method: 'POST', headers: sent, body, signal: deadline };
    const response = await fetch(url, init).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new QueryError('unreachable', 'The gateway cannot be reached.', { cause: error });
    });
    return dataOf(await parseResponse(response, signal), retryAfterOf(response));
  };
}

async function parseResponse<Data>(response: Response, signal: AbortSignal): Promise<GraphQLResponse<Data>> {
  if (response.status === 401) throw new QueryError('unauthenticated', 'The gateway requires a key.');
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new QueryError('unreachable', `The gateway answered with HTTP ${response.status}.`, {
      cause: error,
      retryAfterMs: retryAfterOf(response),
    });
  }
}

function dataOf<Data>({ data, errors }: GraphQLResponse<Data>, retryAfterMs: number): CompleteData<Data> {
  const [error] = errors ?? [];
  if (error?.extensions?.code === 'PERSISTED_QUERY_NOT_FOUND') {
    throw new QueryError('outdated', 'The gateway has another version of this page. Reload the page.');
  }
  if (INVALID.includes(error?.extensions?.code ?? '')) throw new QueryError('invalid', error?.message ?? '');
  if (error?.extensions?.code?.startsWith('UPSTREAM_') === true)
    throw new QueryError('runpod', error.message, { retryAfterMs });
  if (error !== undefined || data == null)
    throw new QueryError('failed', error?.message ?? 'The gateway sent an empty response.', { retryAfterMs });
  return data as CompleteData<Data>;
}
