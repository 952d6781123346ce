import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

/** An answer with errors. A GraphQL server may send them with HTTP 200. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  /** A code for programs, such as 'BAD_USER_INPUT'. The message is for people. */
  readonly code: string | undefined;
  constructor({ message, extensions }: { readonly message: string; readonly extensions?: { readonly code?: string } }) {
    super(message);
    this.code = extensions?.code;
  }
}

/** Sends an operation with `fetch`, by GET, so that HTTP caches can answer. @throws {AnswerError} */
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
