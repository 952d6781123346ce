import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { Agent, request } from 'undici';
import { expect, it } from 'vitest';
import { startServer } from '../src/http/server.ts';
import { anyOperation } from './support/any-operation.ts';
import { anyQuestion, anyVariables, GOOD_VARIABLES } from './support/any-question.ts';
import { createGateway } from './support/gateway.ts';

/** The number of sequences of requests that the test sends. With FUZZ_RUNS=4000, these are about 20,000 requests. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);

/** A request as a client sends it. */
interface Sent {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Generates bodies of a POST with this operation in many forms, for example with escapes or with a repeated JSON key. Some bodies are
 * invalid.
 */
const anyBody = (query: string, variables: object) => {
  const text = JSON.stringify(query);
  const values = JSON.stringify(variables);
  const hash = `{"persistedQuery":{"version":1,"sha256Hash":"${sha256(query)}"}}`;
  const usual = fc.constantFrom(`{"query":${text},"variables":${values}}`, `{"variables":${values},"query":${text}}`);
  const unusual = fc.constantFrom(
    ` {\n"query" : ${text} , "variables":${values},"operationName":null} `,
    `{"query":${text},"variables":${values},"operationName":"Some"}`,
    `{"query":${text},"variables":${values},"operationName":"Other"}`,
    `{"query":${text},"variables":${values},"operationName":""}`,
    `{"query":${text},"variables":null}`,
    `{"query":${text}}`,
    `{"query":"{ gpuTypes { id } }","query":${text},"variables":${values}}`,
    `{"query":${text},"variables":${values},"query":"{ upstream { source } }"}`,
    `{"qu\\u0065ry":${text},"variables":${values}}`,
    `{"query":${text.replaceAll('a', '\\u0061')},"variables":${values}}`,
    `{"query":${text},"variables":${values},"extensions":{}}`,
    `{"query":${text},"variables":${values},"extensions":null}`,
    `{"query":${text},"variables":${values},"extra":1}`,
    `{"query":${text},"variables":${values},"__proto__":{"query":"x"}}`,
    `{"query":${text},"variables":${values},"extensions":${hash}}`,
    `{"variables":${values},"extensions":${hash}}`,
    `{"query":"","variables":${values},"extensions":${hash}}`,
    `[{"query":${text},"variables":${values}}]`,
    `{"query":${text},"variables":${values}`,
    `{"query":null,"variables":${values}}`,
    `{"query":${text},"variables":${JSON.stringify(values)}}`,
    `{"query":${text},"variables":[]}`,
    `\u{feff}{"query":${text}}`,
    '',
    'null',
    text,
  );
  return fc.oneof({ weight: 3, arbitrary: usual }, { weight: 2, arbitrary: unusual });
};

/** Generates query strings of a GET with this operation in several forms. Some query strings are invalid. */
const anySearch = (query: string, variables: object) => {
  const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: sha256(query) } });
  const values = JSON.stringify(variables);
  return fc
    .constantFrom<Record<string, string>>(
      { query, variables: values },
      { query, variables: values },
      { variables: values, query },
      { query },
      { query, operationName: 'Some', variables: values },
      { query, operationName: '', variables: values },
      { query, variables: '' },
      { query, variables: 'null' },
      { query, variables: '{' },
      { query, variables: values, extensions },
      { extensions, variables: values },
      { query, variables: values, other: '1' },
      {},
    )
    .map((search) => new URLSearchParams(search).toString());
};

const anyHeaders = fc.record(
  {
    accept: fc.constantFrom(
      ...Array.from({ length: 10 }, () => '*/*'),
      ...Array.from({ length: 10 }, () => 'application/json'),
      'application/graphql-response+json',
      'application/graphql-response+json; charset=utf-8, application/json; q=0.9',
      'application/JSON',
      'text/html',
      'text/plain',
      'multipart/mixed',
      'multipart/mixed, application/json',
      'text/event-stream',
      'application/json; charset=latin1',
      '',
    ),
    'accept-encoding': fc.constantFrom('gzip', 'identity', '', 'gzip;q=0', '*'),
    origin: fc.constantFrom('https://app.example', 'https://evil.example', 'null'),
    'cache-control': fc.constantFrom('no-cache', 'no-store'),
  },
  { requiredKeys: [] },
);

const anyType = fc.constantFrom(
  ...Array.from({ length: 20 }, () => 'application/json'),
  'application/json; charset=utf-8',
  'Application/JSON;charset=UTF-8',
  'application/json; charset=utf-16',
  'application/graphql+json',
  'application/graphql',
  'application/x-www-form-urlencoded',
  'text/plain',
  '',
);

/** Generates the headers and the content type of a request. They do not depend on its operation. */
const anyManner = fc.record({ headers: anyHeaders, type: anyType });

type Manner = typeof anyManner extends fc.Arbitrary<infer T> ? T : never;

/** Generates POST requests with this operation, in the forms of `anyBody`. */
const posted = (query: string, variables: object, { headers, type }: Manner): fc.Arbitrary<Sent> =>
  fc
    .tuple(anyBody(query, variables), fc.constantFrom('', '', '', '', '', '', '', '?x', '?query={gpuTypes{id}}'))
    .map(([body, search]) => ({
      method: 'POST',
      path: `/graphql${search}`,
      headers: { ...headers, ...(type !== '' && { 'content-type': type }) },
      body,
    }));

/** Generates GET requests with this operation, in the forms of `anySearch`. */
const inUrl = (query: string, variables: object, { headers }: Manner): fc.Arbitrary<Sent> =>
  anySearch(query, variables).map((search) => ({ method: 'GET', path: `/graphql?${search}`, headers, body: null }));

const plainly = (query: string): Sent => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables: GOOD_VARIABLES }),
});

const PLAIN: Manner = { headers: {}, type: 'application/json' };

/**
 * Generates sequences of requests for one operation. A sequence is a plain request, then one to three requests in any form, and then the
 * same one to three requests again.
 */
const anySequence = fc
  .oneof({ weight: 3, arbitrary: anyQuestion }, { weight: 1, arbitrary: anyOperation })
  .chain((query) => {
    const manner = fc.oneof({ weight: 1, arbitrary: fc.constant(PLAIN) }, { weight: 1, arbitrary: anyManner });
    const values = fc.oneof(
      { weight: 1, arbitrary: fc.constant(GOOD_VARIABLES) },
      { weight: 1, arbitrary: anyVariables },
    );
    const anyRequest = fc
      .tuple(values, manner)
      .chain((how) =>
        fc.oneof({ weight: 3, arbitrary: posted(query, ...how) }, { weight: 1, arbitrary: inUrl(query, ...how) }),
      );
    return fc.array(anyRequest, { minLength: 1, maxLength: 3 }).map((some) => [plainly(query), ...some, ...some]);
  });

/** Headers that differ from response to response, so the test does not compare them. */
const OF_ANSWER = new Set(['date', 'x-request-id', 'connection', 'keep-alive']);
/**
 * Headers about the framing and the compression of the body. The two servers may send different ones, so the test does not compare them.
 */
const OF_FRAMING = new Set(['content-length', 'transfer-encoding', 'content-encoding']);

async function send(dispatcher: Agent, url: string, { method, path, headers, body }: Sent, tag?: string) {
  const answer = await request(`${url}${path}`, {
    method,
    headers: { ...headers, ...(tag !== undefined && { 'if-none-match': tag }) },
    body,
    dispatcher,
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const encoding = answer.headers['content-encoding'];
  const text = (
    encoding === 'gzip' ? gunzipSync(bytes) : encoding === 'br' ? brotliDecompressSync(bytes) : bytes
  ).toString();
  const shown = Object.entries(answer.headers).filter(([name]) => !OF_ANSWER.has(name) && !OF_FRAMING.has(name));
  const length = answer.headers['content-length'];
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(shown.toSorted(([a], [b]) => a.localeCompare(b))),
    text,
    isFramedOnce: !(length !== undefined && answer.headers['transfer-encoding'] !== undefined),
    isLengthRight: length === undefined || bytes.length === Number(length) || answer.statusCode === 304,
  };
}

it(`a gateway with the fast path sends the same responses as one without it, in ${RUNS} sequences of requests`, {
  timeout: RUNS * 1000 + 60_000,
}, async () => {
  const env = { CORS_ORIGINS: 'https://app.example' };
  const fast = createGateway(env);
  const plain = createGateway(env);
  const where = { host: '127.0.0.1', port: 0 };
  const fastServer = await startServer(fast.listener, { ...where, log: fast.log });
  const plainServer = await startServer(plain.handler, { ...where, log: plain.log });
  const agent = new Agent();
  const executed = async (gateway: typeof fast) =>
    Number(/execution_duration_seconds_count\S* (\d+)/.exec((await gateway.get('/metrics')).body)?.[1] ?? 0);
  const tally = { requests: 0, data: 0, errors: 0, tagged: 0 };
  await fc.assert(
    fc.asyncProperty(anySequence, fc.boolean(), async (sequence, usesTags) => {
      let tag: string | undefined;
      for (const sent of sequence) {
        const known = sent.method === 'GET' && usesTags ? tag : undefined;
        const answer = await send(agent, fastServer.url, sent, known);
        expect(answer).toEqual(await send(agent, plainServer.url, sent, known));
        expect(answer).toMatchObject({ isFramedOnce: true, isLengthRight: true });
        tag = answer.headers['etag']?.toString() ?? tag;
        tally.requests += 1;
        tally.data += Number(answer.text.startsWith('{"data"'));
        tally.errors += Number(answer.text.startsWith('{"errors"'));
        tally.tagged += Number(answer.status === 304);
      }
    }),
    { numRuns: RUNS },
  );
  await Promise.all([fastServer.close(0), plainServer.close(0), agent.close()]);
  expect(tally.data).toBeGreaterThan(tally.requests / 5);
  expect(tally.errors).toBeGreaterThan(tally.requests / 5);
  // Checks that the fast path has answered some requests. It answers without Yoga, so Yoga executes fewer operations than in the gateway
  // without the fast path.
  expect(await executed(fast)).toBeLessThan(0.8 * (await executed(plain)));
  if (RUNS >= 60) expect(tally.tagged).toBeGreaterThan(0);
});
