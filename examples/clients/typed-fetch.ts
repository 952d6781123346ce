import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

/** An answer that holds errors; a GraphQL server sends those with HTTP 200 too. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  /** Such as 'BAD_USER_INPUT': for programs, while the message is for people. */
  readonly code: string | undefined;
  constructor({ message, extensions }: { readonly message: string; readonly extensions?: { readonly code?: string } }) {
    super(message);
    this.code = extensions?.code;
  }
}

/** Asks with `fetch` alone, by GET, so that HTTP caches on the way can answer. @throws {AnswerError} */
export async function ask<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const query = new URLSearchParams({ query: print(document), variables: JSON.stringify(variables) });
  const response = await fetch(`${url}?${query}`, { headers: { accept: 'application/graphql-response+json' } });
  const { data, errors } = (await response.json()) as {
    readonly data?: Data;
    readonly errors?: readonly ConstructorParameters<typeof AnswerError>[0][];
  };
  const [error] = errors ?? [];
  if (error !== undefined) throw new AnswerError(error);
  if (data === undefined) throw new Error(`HTTP ${response.status} without data`);
  return data;
}
