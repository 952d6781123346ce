import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

/**
 * Creates an Apollo client that sends the hash of each query by GET, so that HTTP caches can answer. It receives events over multipart
 * responses. Its cache identifies GPU types, data centers and rows by their ids, so an event updates the result of every query that
 * contains its row. Reports have no ids, so each query has its own report.
 */
export function createApolloClient(uri: string): ApolloClient {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  return new ApolloClient({ link: persisted.concat(new HttpLink({ uri })), cache: new InMemoryCache() });
}
