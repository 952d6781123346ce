import type { IncomingMessage } from 'node:http';
import { assert, constantFrom, option, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { readRequestKey } from '../src/fast-path/request-key.ts';
import { STREAM_TOKEN } from '../src/http/plugins/single-connection.ts';

const header = option(constantFrom('one', 'two'), { nil: undefined });

/** Generates requests that can differ in everything on which a response may depend. */
const anyRequest = record({
  method: constantFrom('GET', 'POST', 'HEAD'),
  url: constantFrom('/graphql', '/other'),
  body: constantFrom('{"query":"{ a }"}', '{"query":"{ b }"}'),
  accept: header,
  origin: header,
  authorization: header,
  'content-type': header,
});

const PARTS = ['method', 'url', 'body', 'accept', 'origin', 'authorization', 'content-type'] as const;

/** The properties of a generated request that are headers. The other properties are the method, the URL and the body. */
const HEADERS: ReadonlySet<string> = new Set(['accept', 'origin', 'authorization', 'content-type']);

const keyOf = ({ method, url, body, ...headers }: Record<string, string | undefined>) =>
  readRequestKey({ method, url, headers } as unknown as IncomingMessage, body ?? '');

it('two requests have the same key only if they are the same in all parts', () => {
  const differs = property(anyRequest, anyRequest, constantFrom(...PARTS), (one, another, part) => {
    const isSame = one[part] === another[part];
    const [key, changed] = [keyOf(one), keyOf({ ...one, [part]: another[part] })];
    expect(changed?.text === key?.text).toBe(isSame);
    expect(changed?.headers === key?.headers).toBe(isSame || !HEADERS.has(part));
    expect(keyOf(one)).toEqual(key);
  });
  assert(differs, { numRuns: 1000 });
});

it.each([
  ['a body is encoded', { 'content-encoding': 'gzip' }],
  ['it belongs to an event stream', { [STREAM_TOKEN]: 'token' }],
  ['it is a POST with an operation in its URL', { url: '/graphql?query={a}' }],
  ['it is a POST without a body', { body: '' }],
  ['its body is too long', { body: 'x'.repeat(16_384) }],
  ['its URL is too long', { method: 'GET', url: `/graphql?query=${'x'.repeat(16_384)}`, body: '' }],
])('a request has no key if %s', (_what, other) => {
  expect(keyOf({ method: 'POST', url: '/graphql', body: '{}', ...other })).toBeNull();
});

it.each([
  ['a GET with an operation in its URL', { method: 'GET', url: '/graphql?query={a}', body: '' }],
  ['as long as possible', { url: '/graphql', body: 'x'.repeat(16_384 - '/graphql'.length) }],
])('a request has a key with its body if it is %s', (_what, other) => {
  expect(keyOf({ method: 'POST', ...other })?.body).toBe(other.body);
});
