import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { open } from './support/logging-gateway.ts';

/** Sends each request, one after the other, and returns the lines about them. */
async function linesFor(gateway: Awaited<ReturnType<typeof open>>, requests: readonly (() => Promise<Response>)[]) {
  for (const request of requests) await (await request()).text();
  await expect.poll(gateway.ended).toHaveLength(requests.length);
  return gateway.ended();
}

const three = (request: () => Promise<Response>) => [request, request, request];

describe('a line of the log of requests', () => {
  const query = 'query Mine($size: Int) { gpuAvailability(gpuCount: $size) { totalCount } }';

  it('has the name of the operation, even if the response comes from memory', async () => {
    await using gateway = await open();
    const lines = await linesFor(gateway, [
      ...three(() => gateway.send({ query })),
      ...three(() => gateway.send({ query, variables: { size: 2 } })),
      ...[4, 8].map((size) => () => gateway.send({ query, variables: { size } })),
      ...three(() => fetch(`${gateway.url}/graphql?query=query%20ByGet{upstream{source}}`)),
      () => gateway.send({ query: 'query A { upstream { source } } query B { __typename }', operationName: 'B' }),
    ]);
    expect(lines.map(({ operationName }) => operationName)).toEqual([
      ...Array(8).fill('Mine'),
      ...Array(3).fill('ByGet'),
      'B',
    ]);
    expect(lines.filter((line) => 'operationHash' in line || 'errorCodes' in line)).toEqual([]);
  });

  it('has at most 100 characters of the name of the operation, and no name that is not in the document', async () => {
    await using gateway = await open();
    const lines = await linesFor(gateway, [
      () => gateway.post(`query ${'n'.repeat(500)} { upstream { source } }`),
      () => gateway.send({ query: 'query A { __typename }', operationName: 'hidden' }),
      () => gateway.send({ query: '{ broken', operationName: 'hidden' }),
    ]);
    expect(lines.map(({ operationName }) => operationName)).toEqual(['n'.repeat(100), undefined, undefined]);
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });

  it('has the hash of an operation that the client names by its hash', async () => {
    await using gateway = await open();
    const kept = readFileSync('operations/clients/cheapest-gpus.graphql', 'utf8');
    const ofKept = createHash('sha256').update(kept).digest('hex');
    const ofMine = createHash('sha256').update(query).digest('hex');
    const persistedQuery = { version: 1, sha256Hash: ofMine };
    const lines = await linesFor(gateway, [
      ...three(() => gateway.send({ documentId: `sha256:${ofKept}` })),
      ...three(() => gateway.send({ documentId: ofKept, variables: { first: 1 } })),
      ...three(() => gateway.send({ query, extensions: { persistedQuery } })),
      ...three(() => gateway.send({ extensions: { persistedQuery } })),
      ...three(() => gateway.send({ documentId: ofMine, variables: { size: 1 } })),
      ...three(() => gateway.send({ query: kept })),
    ]);
    expect(lines.map(({ operationHash }) => operationHash)).toEqual([
      ...Array(6).fill(ofKept),
      ...Array(9).fill(ofMine),
      ...Array(3).fill(undefined),
    ]);
    expect(lines.map(({ status }) => status)).toEqual(Array(18).fill(200));
  });

  it('has the distinct codes of the errors in the response', async () => {
    await using gateway = await open('info', undefined, { RATE_LIMIT_PER_MINUTE: '8', TRUST_PROXY: 'loopback' });
    const wrongType =
      '{ a: gpuAvailability(gpuType: "none") { totalCount } b: gpuAvailability(gpuType: "no") { totalCount } }';
    const lines = await linesFor(gateway, [
      () => gateway.post('{ nothing { here } more }'),
      () => gateway.post('{ broken'),
      () => gateway.send('[]'),
      () => gateway.send({ documentId: 'unknown' }),
      () => gateway.post(wrongType),
      () => gateway.post('{ upstream { source } }', { 'content-type': 'text/plain' }),
      () => gateway.post('{ upstream { source } }', { accept: 'image/png' }),
      () =>
        gateway.post('subscription { gpuAvailabilityChanged(gpuType: "none") { id } }', {
          accept: 'text/event-stream',
        }),
      () => gateway.post('{ upstream { source } }'),
    ]);
    expect(lines.map(({ errorCodes }) => errorCodes)).toEqual([
      ['GRAPHQL_VALIDATION_FAILED'],
      ['GRAPHQL_PARSE_FAILED'],
      ['BAD_REQUEST'],
      ['PERSISTED_QUERY_NOT_FOUND'],
      ['BAD_USER_INPUT'],
      ['BAD_REQUEST'],
      ['BAD_REQUEST'],
      ['BAD_USER_INPUT'],
      ['RATE_LIMITED'],
    ]);
  });

  it('has the codes of errors in a later part of the response', async () => {
    await using gateway = await open();
    const later = '{ ... @defer { gpuAvailability(gpuType: "none") { totalCount } } upstream { source } }';
    const lines = await linesFor(gateway, [
      () => gateway.post(later, { accept: 'multipart/mixed' }),
      () => gateway.post(later, { accept: 'multipart/mixed;incrementalSpec=v0.2' }),
    ]);
    expect(lines.map(({ errorCodes }) => errorCodes)).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']]);
  });

  it('names the client by its address, or by the first digits of the SHA-256 of its key', async () => {
    const key = 'client-key-that-is-secret';
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
    await using gateway = await open('info', undefined, { CLIENT_API_KEYS: `other,${key}` });
    const ask = (authorization: string) => () => gateway.post('{ upstream { source } }', { authorization });
    const lines = await linesFor(gateway, [...three(ask(`Bearer ${key}`)), ask(`bearer  ${key}`), ask('Bearer wrong')]);
    expect(lines.map(({ client }) => client)).toEqual([...Array(4).fill(`key:${hash}`), '127.0.0.1']);
    expect(lines.at(-1)?.['errorCodes']).toEqual(['UNAUTHENTICATED']);
    expect(JSON.stringify(gateway.lines)).not.toContain(key);
  });

  it('names the client of a WebSocket', async () => {
    await using gateway = await open();
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.close();
    const ended = () => gateway.lines.filter(({ msg }) => msg === 'connection ended');
    await expect.poll(ended).toMatchObject([{ client: '127.0.0.1', method: 'GET', path: '/graphql', status: 101 }]);
  });

  it('names a client behind a trusted proxy by at most 50 characters of the address that the proxy reports', async () => {
    await using gateway = await open('info', undefined, { TRUST_PROXY: 'loopback' });
    const from = (address: string) => () => gateway.post('{ upstream { source } }', { 'x-forwarded-for': address });
    const lines = await linesFor(gateway, ['192.0.2.1', '2001:db8:1:2::9', 'x'.repeat(500)].map(from));
    expect(lines.map(({ client }) => client)).toEqual(['192.0.2.1', '2001:db8:1:2:0:0:0:0/64', 'x'.repeat(50)]);
  });
});
