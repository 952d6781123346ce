import type { IncomingMessage } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseTarget } from '../src/http/request-target.ts';

/** Creates a request with a target and a host. */
const requestOf = (url: string, host = 'gateway') => ({ url, headers: { host } }) as IncomingMessage;

/** Returns the path that Yoga reads from a request. Like Yoga, it concatenates the host and the target, and parses the result as a URL. */
const pathInYoga = ({ url, headers }: IncomingMessage) => new URL(`http://${headers.host}${url}`).pathname;

describe('the target of a request', () => {
  it.each([
    ['/graphql', '/graphql'],
    ['/graphql?query={a}', '/graphql?query={a}'],
    ['/./graphql?a=/../b', '/graphql?a=/../b'],
    ['/%2e/graphql', '/graphql'],
    ['/x/.%2E/graphql', '/graphql'],
    ['/x\\..\\graphql', '/graphql'],
    ['/graphql#?x', '/graphql'],
    ['HTTP://gateway/graphql?x', '/graphql?x'],
    ['http://gateway', '/'],
    ['//graphql', '//graphql'],
    ['/graphql/', '/graphql/'],
  ])('%s becomes %s', (url, normalised) => {
    const request = requestOf(url);
    expect([normaliseTarget(request), request.url]).toEqual([true, normalised]);
  });

  it.each(['*', '', 'graphql', 'ftp://gateway/graphql', 'http://[/graphql'])('%j is refused', (url) => {
    expect(normaliseTarget(requestOf(url))).toBe(false);
  });

  it.each(['gateway/graphql?', 'gateway#', 'gateway\\graphql', 'user@gateway'])(
    'is refused with the host %j',
    (host) => {
      expect(normaliseTarget(requestOf('/health', host))).toBe(false);
    },
  );

  it('has the same path for the listener and for Yoga', () => {
    const pieces = fc.constantFrom(
      '/',
      '//',
      '.',
      '..',
      '%2e',
      '%2E',
      '\\',
      '#',
      '?',
      'graphql',
      'health',
      ';',
      '%',
      '@',
      ':',
      '\t',
      'é',
    );
    const targets = fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join('')}`);
    const hosts = fc.oneof(
      fc.constant('gateway:80'),
      fc.array(pieces, { maxLength: 4 }).map((parts) => `h${parts.join('')}`),
    );
    const property = fc.property(targets, hosts, (url, host) => {
      const request = requestOf(url, host);
      if (!normaliseTarget(request)) return;
      expect(request.url?.split('?', 1)[0]).toBe(pathInYoga(request));
    });
    fc.assert(property, { numRuns: 5000 });
  });
});
