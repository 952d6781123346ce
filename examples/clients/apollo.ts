import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

/**
 * An Apollo client that sends queries by GET and by their hash, so that HTTP caches can answer. It subscribes over multipart.
 * The cache keeps GPU types, data centers and rows by their id, so an event updates every query that shows its row. Reports belong to
 * their query.
 */
export function createApolloClient(uri: string): ApolloClient {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  return new ApolloClient({ link: persisted.concat(new HttpLink({ uri })), cache: new InMemoryCache() });
}
