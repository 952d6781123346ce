import { Client, fetchExchange } from '@urql/core';

/** An urql client that asks by GET, so that HTTP caches on the way can answer. */
export const createUrqlClient = (url: string): Client =>
  new Client({ url, exchanges: [fetchExchange], preferGetMethod: 'force' });
