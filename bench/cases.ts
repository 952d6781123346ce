import { QUERIES, type QueryName } from './queries.ts';
import { type GraphQLRequest, toGet, toPost } from './request.ts';

/**
 * A benchmark case: a kind of server, and the requests that the benchmark sends to it. Each case starts its own server and fills one line
 * of the printed table.
 */
export interface Case {
  readonly name: string;
  readonly kind: 'bare' | 'yoga' | 'mercurius' | 'mercurius-logging' | 'gateway';
  readonly toRequest: (number: number) => GraphQLRequest;
  /** Whether all requests are the same. */
  readonly isSame: boolean;
  /** Whether the requests contain the ETag of the current response, so that the server answers them with status 304. */
  readonly hasTag?: boolean;
  /** Whether the gateway gets its data from a stand-in for RunPod, and refreshes this data in the background every one or two seconds. */
  readonly isRenewing?: boolean;
}

/** Returns the benchmark cases for one operation. The first case is a bare `node:http` server, with which all cases are compared. */
export function casesOf(name: QueryName): readonly Case[] {
  const query = QUERIES[name];
  const anew = { toRequest: (number: number) => toPost(query, number), isSame: false };
  const again = { toRequest: () => toPost(query), isSame: true };
  const overGet = { toRequest: () => toGet(query), isSame: true };
  const cases: readonly Case[] = [
    { name: 'bare node:http', kind: 'bare', ...again },
    { name: 'Yoga as it comes', kind: 'yoga', ...anew },
    { name: 'Mercurius with JIT', kind: 'mercurius', ...anew },
    { name: 'Mercurius with JIT and a log', kind: 'mercurius-logging', ...anew },
    { name: 'gateway, executing', kind: 'gateway', ...anew },
    { name: 'gateway, again', kind: 'gateway', ...again },
    { name: 'gateway, again over GET', kind: 'gateway', ...overGet },
  ];
  const tagged: Case = { name: 'gateway, 304 for a known tag', kind: 'gateway', ...overGet, hasTag: true };
  const renewing: Case = { name: 'gateway, again while renewing', kind: 'gateway', ...again, isRenewing: true };
  const zipped: Case = {
    name: 'gateway, again, gzip accepted',
    kind: 'gateway',
    toRequest: () => withHeader(again.toRequest(), 'accept-encoding', 'gzip'),
    isSame: true,
  };
  return [...cases, name === '5 rows' ? tagged : zipped, renewing];
}

/** Returns the request with an additional header. */
export function withHeader(request: GraphQLRequest, name: string, value: string): GraphQLRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
