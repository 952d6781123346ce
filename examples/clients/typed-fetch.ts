import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

/** The error for an answer that contains GraphQL errors. A GraphQL server may send such an answer with HTTP 200. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  /** The code of the error, such as 'BAD_USER_INPUT'. Programs should check the code, because the message is for people. */
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
