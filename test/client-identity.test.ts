import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createClientIdentity } from '../src/http/client-identity.ts';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

/** Returns the name by which the gateway identifies a client that connects from this address. */
function identify(remoteAddress: string, ipv6Prefix = 64): string | null {
  const identityOf = createClientIdentity({ trustedProxies: [], keys: [], ipv6Prefix });
  const incoming = { socket: { remoteAddress }, headers: {} } as IncomingMessage;
  return identityOf(undefined, incoming);
}

describe('a client', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:9'],
    ['2001:db8::1', '2001:db8:0:0:1::'],
    ['fe80::1%eth0', 'fe80::2%eth1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
  ])('has the same name at the addresses %s and %s', (one, other) => expect(identify(one)).toBe(identify(other)));

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8::1', '2001:db8:0:1::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
    ['192.0.2.1', '192.0.2.2'],
  ])('has different names at the addresses %s and %s', (one, other) => expect(identify(one)).not.toBe(identify(other)));

  it.each([
    [48, '2001:db8:1:2::1', '2001:db8:1:3::1', true],
    [48, '2001:db8:1::1', '2001:db8:2::1', false],
    [60, '2001:db8:1:10::1', '2001:db8:1:1f::1', true],
    [60, '2001:db8:1:10::1', '2001:db8:1:20::1', false],
    [128, '2001:db8::1', '2001:db8::2', false],
  ])('is identified by the first IPV6_PREFIX=%i bits of its address: %s and %s', (prefix, one, other, isOne) =>
    expect(identify(one, prefix) === identify(other, prefix)).toBe(isOne),
  );

  it('has one rate limit for all addresses of its /64 that a trusted proxy reports', async () => {
    const env = { TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '3', PORT: '0' };
    const { listener, webSockets, log } = createGateway(env);
    const server = await startServer(listener, { ...loadConfig(env), log, webSockets });
    const statuses: number[] = [];
    for (let host = 1; host <= 6; host += 1) {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': `2001:db8:1:2::${host}` };
      const body = '{"query":"{ upstream { health } }"}';
      statuses.push((await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).status);
    }
    await server.close(0);
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
  });
});
