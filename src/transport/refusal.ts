import type { FetchAPI } from 'graphql-yoga';

/** Why a request is not even looked into. */
export interface Refusal {
  readonly status: number;
  /** `extensions.code` of the one error. */
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A GraphQL answer that holds nothing but an error. */
export function refuse({ Response }: FetchAPI, { status, code, message, headers = {} }: Refusal): Response {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  const type = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return new Response(body, { status, headers: { ...type, ...headers } });
}
