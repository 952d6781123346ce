import type { TypedDocumentString } from '../graphql/graphql.ts';

/** How the gateway is told which document is meant: by its SHA-256. It knows those of the board, and needs no text. */
export interface PersistedQuery {
  readonly extensions: { readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string } };
}

export function persistedQueryOf<Data, Variables>({ __meta__ }: TypedDocumentString<Data, Variables>): PersistedQuery {
  const sha256Hash = String(__meta__?.['hash']).replace('sha256:', '');
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } };
}
