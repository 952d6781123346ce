import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { OperationTypeNode, print } from 'graphql';
import { createClient } from 'graphql-sse';

/**
 * An Apollo client that sends queries by GET and by their hash, so that HTTP caches on the way can answer, and subscribes over
 * server-sent events. The cache keeps GPU types, data centers and rows by their id, so an event updates every query that shows its
 * row. Reports belong to their query.
 */
export function createApolloClient(uri: string): ApolloClient {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  const queries = persisted.concat(new HttpLink({ uri }));
  const isSubscription = (operation: ApolloLink.Operation) =>
    operation.operationType === OperationTypeNode.SUBSCRIPTION;
  return new ApolloClient({
    link: ApolloLink.split(isSubscription, createSseLink(uri), queries),
    cache: new InMemoryCache(),
  });
}

/** Sends subscriptions with graphql-sse. */
function createSseLink(url: string): ApolloLink {
  const client = createClient({ url });
  return new ApolloLink(
    ({ query, variables }) =>
      new Observable<ApolloLink.Result>((observer) =>
        client.subscribe(
          { query: print(query), variables },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}
