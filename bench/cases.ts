import { QUERIES, type QueryName } from './queries.ts';
import { type GraphQLRequest, toGet, toPost } from './request.ts';

/** One line of the table: which server is asked, and how. Each has a server of its own. */
export interface Case {
  readonly name: string;
  readonly kind: 'bare' | 'yoga' | 'mercurius' | 'mercurius-logging' | 'gateway';
  readonly toRequest: (number: number) => GraphQLRequest;
  /** Whether every request is the same one. */
  readonly isSame: boolean;
  /** Whether requests name the tag of the answer that they had, which is then not sent. */
  readonly hasTag?: boolean;
}

/** The lines about one operation, of which the first is what the others are compared with. */
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
  const zipped: Case = {
    name: 'gateway, again, gzip accepted',
    kind: 'gateway',
    toRequest: () => withHeader(again.toRequest(), 'accept-encoding', 'gzip'),
    isSame: true,
  };
  return [...cases, name === '5 rows' ? tagged : zipped];
}

/** The same request with one header more. */
export function withHeader(request: GraphQLRequest, name: string, value: string): GraphQLRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
