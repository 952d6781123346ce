import type { TypedDocumentString } from '../graphql/graphql.ts';

/**
 * The part of a request that names the document by its SHA-256 hash, so that the text need not be sent. The gateway stores the documents of
 * the board.
 */
export interface PersistedQuery {
  readonly extensions: { readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string } };
}

export function persistedQueryOf<Data, Variables>({ __meta__ }: TypedDocumentString<Data, Variables>): PersistedQuery {
  const sha256Hash = String(__meta__?.['hash']).replace('sha256:', '');
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } };
}
