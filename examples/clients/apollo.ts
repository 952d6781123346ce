import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

/** An Apollo client that asks by GET and by the hash of its operations, so that HTTP caches on the way can answer. */
export function createApolloClient(uri: string): ApolloClient {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  return new ApolloClient({
    link: persisted.concat(new HttpLink({ uri })),
    // GPU types, data centers and rows are kept by their id and shared by all answers; reports belong to their query.
    cache: new InMemoryCache(),
  });
}
