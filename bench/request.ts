import { request } from 'undici';
import { questionOf } from './queries.ts';

/** A request to `/graphql`. */
export interface GraphQLRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** The answer to a request. The body is exactly as the server sent it, so it may be compressed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Creates a POST request. Requests with different values of `number` are different requests, but their answers have the same rows. */
export function toPost(query: string, number?: number): GraphQLRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/graphql', headers, body: JSON.stringify(questionOf(query, number)) };
}

/** Creates a GET request. */
export function toGet(text: string): GraphQLRequest {
  const { query, variables } = questionOf(text);
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  return { method: 'GET', path: `/graphql?${parameters}`, headers: {} };
}

/** Sends one request to the server at `url`. */
export async function send(url: string, { path, method, headers, body }: GraphQLRequest): Promise<Answer> {
  const answer = await request(`${url}${path}`, { method, headers, body: body ?? null });
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
}
