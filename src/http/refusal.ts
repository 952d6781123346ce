import type { FetchAPI } from 'graphql-yoga';

/** An error that is sent as the response to a request, in place of executing the request. */
export interface Refusal {
  readonly status: number;
  /** The `extensions.code` of the error. The response has no other error. */
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const codeByRequest = new WeakMap<Request, string>();

/** Returns the code with which `refuse` has refused a request; `undefined` if it has not refused the request. */
export const refusalCodeOf = (request: Request): string | undefined => codeByRequest.get(request);

/** Creates the response that refuses `request`: a GraphQL response with one error and no data. */
export function refuse({ Response }: Pick<FetchAPI, 'Response'>, request: Request, refusal: Refusal): Response {
  codeByRequest.set(request, refusal.code);
  const type = { 'content-type': refusalType(request.headers.get('accept')), 'cache-control': 'no-store' };
  return new Response(refusalBody(refusal), { status: refusal.status, headers: { ...type, ...refusal.headers } });
}

/** Returns the body of a refusal, as JSON. */
export const refusalBody = ({ code, message }: Pick<Refusal, 'code' | 'message'>): string =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] });

/** Returns the content type of a refusal: the media type of GraphQL responses that `accept` names first, else application/json. */
export function refusalType(accept: string | null | undefined): string {
  const [type = 'application/json'] = /application\/(?:graphql-response\+)?json/i.exec(accept ?? '') ?? [];
  return `${type.toLowerCase()}; charset=utf-8`;
}
