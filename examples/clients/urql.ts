import { Client, fetchExchange } from '@urql/core';

/** Creates a urql client that sends GET requests, so that HTTP caches can answer. */
export const createUrqlClient = (url: string): Client =>
  new Client({ url, exchanges: [fetchExchange], preferGetMethod: 'force' });
