import type { TypedDocumentString } from '../graphql/graphql.ts';
import { persisted } from './persisted-query.ts';

/** Why a question has no answer, in words for people. */
export class AskError extends Error {
  override readonly name = 'AskError';
  /**
   * 'unauthenticated': a key is missing or wrong; 'gone': the gateway cannot be reached; 'outdated': it is another version, which
   * has another board; 'refused': it answered, with an error.
   */
  readonly kind: 'unauthenticated' | 'gone' | 'outdated' | 'refused';
  constructor(kind: AskError['kind'], message: string, options?: ErrorOptions) {
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
export type Whole<Data> = { readonly [Field in keyof Data]: NonNullable<Data[Field]> };

/** Asks the gateway. @throws {AskError} when there is no whole answer; an abort comes through as it is. */
export type Ask = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
) => Promise<Whole<Data>>;

/** A gateway that says nothing for so long, in milliseconds, cannot be reached, though the connection seems to stand. */
const SILENT_MS = 60_000;

/** Asks `url` by POST, with the headers of the moment. */
export function createAsk(url: string, headers: () => Record<string, string>): Ask {
  return async (document, variables, signal) => {
    const body = JSON.stringify({ ...persisted(document), variables });
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(SILENT_MS)]);
    const sent = { ...headers(), 'content-type': 'application/json' };
    const init = { method: 'POST', headers: sent, body, signal: inTime };
    const response = await fetch(url, init).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new AskError('gone', 'The gateway cannot be reached.', { cause: error });
    });
    return dataOf(await answerOf(response, signal));
  };
}

async function answerOf<Data>(response: Response, signal: AbortSignal): Promise<Answer<Data>> {
  if (response.status === 401) throw new AskError('unauthenticated', 'The gateway wants a key.');
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AskError('gone', `The gateway answered with HTTP ${response.status}.`, { cause: error });
  }
}

function dataOf<Data>({ data, errors }: Answer<Data>): Whole<Data> {
  const [error] = errors ?? [];
  if (error?.extensions?.code === 'PERSISTED_QUERY_NOT_FOUND') {
    throw new AskError('outdated', 'The gateway has another version of this page. Reload it.');
  }
  if (error !== undefined || data == null) throw new AskError('refused', error?.message ?? 'The answer is empty.');
  return data as Whole<Data>;
}
