import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGateway } from './support/gateway.ts';

const KEPT = readFileSync('operations/clients/cheapest-gpus.graphql', 'utf8');
const OWN = 'query Own { upstream { source } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persistedQuery = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });

type Gateway = ReturnType<typeof createGateway>;

async function post({ handler }: Gateway, body: object) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await handler.fetch('http://gateway.invalid/graphql', request);
  return { status: response.status, ...(await response.json()) };
}

/** Sends an operation by GET with the hash in the query string, so that an HTTP cache can store the response. */
async function get({ handler }: Gateway, text: string, variables: object, headers: Record<string, string> = {}) {
  const query = new URLSearchParams({
    extensions: JSON.stringify(persistedQuery(text)),
    variables: JSON.stringify(variables),
  });
  return handler.fetch(`http://gateway.invalid/graphql?${query}`, {
    headers: { accept: 'application/json', ...headers },
  });
}

const codes = (answer: { errors?: { extensions: { code: string } }[] }) =>
  answer.errors?.map((error) => error.extensions.code);

describe('a persisted operation', () => {
  it('runs by its hash if the gateway ships it', async () => {
    const { data } = await post(createGateway(), { extensions: persistedQuery(KEPT), variables: { minMemoryGb: 80 } });
    expect(data.gpuAvailability.nodes).toHaveLength(10);
  });

  it('of a client is unknown until the client sends its text once', async () => {
    const gateway = createGateway();
    const byHash = { extensions: persistedQuery(OWN) };
    const unknown = await post(gateway, byHash);
    expect([unknown.status, unknown.errors[0].message, codes(unknown)]).toEqual([
      200,
      'PersistedQueryNotFound',
      ['PERSISTED_QUERY_NOT_FOUND'],
    ]);
    const data = { upstream: { source: 'RECORDED' } };
    expect((await post(gateway, { query: OWN, ...byHash })).data).toEqual(data);
    expect((await post(gateway, byHash)).data).toEqual(data);
  });

  it.each(['{ nonsense', '{ upstream { nonsense } }'])(
    'is not registered if it is not a valid operation: %s',
    async (text) => {
      const gateway = createGateway();
      const byHash = { extensions: persistedQuery(text) };
      expect((await post(gateway, { query: text, ...byHash })).data).toBeUndefined();
      expect(codes(await post(gateway, byHash))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    },
  );

  it('is not registered under the hash of another operation', async () => {
    const gateway = createGateway();
    const lie = await post(gateway, { query: OWN, extensions: persistedQuery(KEPT) });
    expect([lie.status, codes(lie)]).toEqual([400, ['PERSISTED_QUERY_HASH_MISMATCH']]);
    expect((await post(gateway, { extensions: persistedQuery(OWN) })).data).toBeUndefined();
  });

  it('that was used least recently is forgotten first if all operations together have more than 10,000,000 characters', async () => {
    const gateway = createGateway();
    const long = (index: number) => `query Q${index} { upstream { source } } # ${'x'.repeat(49_900)}`;
    const isKnown = async (text: string) =>
      (await post(gateway, { extensions: persistedQuery(text) })).data !== undefined;
    const register = (text: string) => post(gateway, { query: text, extensions: persistedQuery(text) });
    for (let index = 0; index < 200; index += 1) await register(long(index));
    expect([await isKnown(long(0)), await isKnown(long(1))]).toEqual([true, true]);
    await register(long(200));
    expect([await isKnown(long(0)), await isKnown(long(2)), await isKnown(long(200))]).toEqual([true, false, true]);
  });

  it('is not registered if it has more than 50,000 characters', async () => {
    const gateway = createGateway();
    const text = `${OWN} # ${'x'.repeat(50_000)}`;
    expect((await post(gateway, { query: text, extensions: persistedQuery(text) })).data).toBeDefined();
    expect(codes(await post(gateway, { extensions: persistedQuery(text) }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it.each([{ a: 1 }, 5, []])('is neither registered nor logged as a fault if its text is %j', async (query) => {
    const gateway = createGateway();
    const answer = await post(gateway, { query, extensions: persistedQuery(OWN) });
    expect([answer.status, answer.data]).toEqual([400, undefined]);
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('can be cached by an HTTP cache if it is sent by GET', async () => {
    const gateway = createGateway();
    const variables = { minMemoryGb: 80 };
    const first = await get(gateway, KEPT, variables);
    expect(first.headers.get('cache-control')).toMatch(/^public, max-age=/);
    const etag = first.headers.get('etag') ?? '';
    expect((await get(gateway, KEPT, variables, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(gateway, KEPT, { minMemoryGb: 24 })).headers.get('etag')).not.toBe(etag);
    expect((await get(gateway, OWN, {})).headers.get('cache-control')).toBe('no-store');
  });

  it.each([{ persistedQuery: null }, { persistedQuery: { sha256Hash: 7 } }, { persistedQuery: 'x' }, 'x', []])(
    'is not recognized in the malformed extensions %j',
    async (extensions) => {
      const answer = await post(createGateway(), { query: OWN, extensions });
      expect(answer.data ?? answer.status).toSatisfy((told: unknown) => told === 400 || typeof told === 'object');
    },
  );
});

describe('a documentId', () => {
  const ids = (text: string) => [`sha256:${sha256(text)}`, sha256(text), sha256(text).toUpperCase()];
  const send = ({ handler }: Gateway, search: string, accept = 'application/json', headers = {}) =>
    handler.fetch(`http://gateway.invalid/graphql?${search}`, { headers: { accept, ...headers } });

  it('runs an operation by POST and GET, with and without the prefix sha256:', async () => {
    const gateway = createGateway();
    for (const documentId of ids(KEPT)) {
      const variables = { minMemoryGb: 80 };
      const { data } = await post(gateway, { documentId, variables });
      expect(data.gpuAvailability.nodes).toHaveLength(10);
      const search = new URLSearchParams({ documentId, variables: JSON.stringify(variables) });
      expect(await (await send(gateway, String(search))).json()).toEqual({ data });
    }
  });

  it('can be cached by an HTTP cache if it is sent by GET', async () => {
    const gateway = createGateway();
    const search = `documentId=sha256:${sha256(KEPT)}&variables={"minMemoryGb":80}`;
    const first = await send(gateway, search);
    expect(first.headers.get('cache-control')).toMatch(/^public, max-age=/);
    const tag = first.headers.get('etag') ?? '';
    expect((await send(gateway, search, 'application/json', { 'if-none-match': tag })).status).toBe(304);
  });

  it.each([
    ['application/json', 200],
    ['application/graphql-response+json', 400],
  ])('that is unknown causes one error, which a client that accepts %s gets with HTTP %i', async (accept, status) => {
    const message = 'The gateway has no operation with this documentId.';
    for (const documentId of [sha256('x'), `sha256:${sha256('x')}`, `md5:${sha256(KEPT)}`, 'x']) {
      const response = await send(createGateway(), `documentId=${documentId}`, accept);
      const answer = { errors: [{ message, extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] };
      expect([response.status, await response.json()]).toEqual([status, answer]);
    }
  });

  it('is refused if it is sent with the hash of another operation, and accepted with the hash of the same operation', async () => {
    const gateway = createGateway();
    const documentId = `sha256:${sha256(KEPT)}`;
    const variables = { minMemoryGb: 80 };
    for (const other of [OWN, 'x']) {
      const answer = await post(gateway, { documentId, variables, extensions: persistedQuery(other) });
      expect([answer.status, answer.data, codes(answer)]).toEqual([400, undefined, ['PERSISTED_QUERY_HASH_MISMATCH']]);
    }
    const { data } = await post(gateway, { documentId, variables, extensions: persistedQuery(KEPT) });
    expect(data.gpuAvailability.nodes).toHaveLength(10);
  });

  it('registers the text that is sent with it if the id is the SHA-256 of the text', async () => {
    const gateway = createGateway();
    const documentId = `sha256:${sha256(OWN)}`;
    const lie = await post(gateway, { query: OWN, documentId: sha256(KEPT) });
    expect([lie.status, codes(lie)]).toEqual([400, ['PERSISTED_QUERY_HASH_MISMATCH']]);
    expect(codes(await post(gateway, { documentId }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    const data = { upstream: { source: 'RECORDED' } };
    expect((await post(gateway, { query: OWN, documentId })).data).toEqual(data);
    expect((await post(gateway, { documentId })).data).toEqual(data);
    expect((await post(gateway, { extensions: persistedQuery(OWN) })).data).toEqual(data);
  });
});

describe('a gateway that runs only persisted operations', () => {
  const only = () => createGateway({ PERSISTED_ONLY: 'true' });

  it('runs the shipped operations by documentId, and no other operation', async () => {
    const gateway = only();
    const { data } = await post(gateway, { documentId: `sha256:${sha256(KEPT)}`, variables: { minMemoryGb: 80 } });
    expect(data.gpuAvailability.nodes).toHaveLength(10);
    const documentId = sha256(OWN);
    expect(codes(await post(gateway, { query: OWN, documentId }))).toEqual(['PERSISTED_QUERY_ONLY']);
    expect(codes(await post(gateway, { documentId }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it('runs the shipped operations by hash', async () => {
    const { data } = await post(only(), { extensions: persistedQuery(KEPT), variables: { minMemoryGb: 80 } });
    expect(data.gpuAvailability.nodes).toHaveLength(10);
  });

  it('neither runs nor registers any other operation', async () => {
    const gateway = only();
    expect(codes(await post(gateway, { query: OWN }))).toEqual(['PERSISTED_QUERY_ONLY']);
    expect(codes(await post(gateway, { query: OWN, extensions: persistedQuery(OWN) }))).toEqual([
      'PERSISTED_QUERY_ONLY',
    ]);
    expect(codes(await post(gateway, { extensions: persistedQuery(OWN) }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect(codes(await post(gateway, {}))).toEqual(['BAD_REQUEST']);
  });
});
