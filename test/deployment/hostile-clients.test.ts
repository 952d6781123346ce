import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { EVERY_FIELD, longBody } from '../support/hostile-operations.ts';
import { isLinux, send, times, useGateway, withstand } from '../support/withstood-attacks.ts';

describe.skipIf(!isLinux)('a gateway with client keys answers clients with a valid key', () => {
  const gateway = useGateway({ CLIENT_API_KEYS: 'key-one' });

  it.each([
    ['without a key', [], 401],
    ['with a wrong content type', ['authorization: Bearer key-one', 'content-type: text/plain'], 415],
  ])('during requests of 990 kB %s', async (_what, headers, status) => {
    const attack = async () => {
      const body = longBody(0, 990_000);
      for (const answer of await Promise.all(times(6, () => send(gateway(), body, headers)))) {
        expect(answer.status).toBe(status);
      }
    };
    await withstand(gateway(), attack, () => ({ authorization: 'Bearer key-one' }));
  });
});

/** Creates headers in which a proxy reports a different client address for each request. */
function createAddresses(): () => Record<string, string> {
  let count = 0;
  return () => {
    count += 1;
    return { 'x-forwarded-for': `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}` };
  };
}

describe.skipIf(!isLinux)('a gateway with a limit of ten requests a minute', () => {
  const gateway = useGateway({ TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '10' });
  const body = JSON.stringify({ query: EVERY_FIELD });

  it('answers only ten of 2,000 requests from one IPv6 /64, and still answers every other client', async () => {
    let answered = 0;
    const ask = async (index: number) => {
      const { status } = await send(gateway(), body, [`x-forwarded-for: 2001:db8::${index.toString(16)}`]);
      if (status === 200) answered += 1;
    };
    await withstand(
      gateway(),
      async () => {
        for (let index = 0; index < 2000; index += 20) {
          await Promise.all(times(20, (more) => ask(index + more + 1)));
        }
      },
      createAddresses(),
    );
    expect(answered).toBe(10);
  });

  it('answers other clients while a client above the limit sends bodies of 990 kB', async () => {
    const address = 'x-forwarded-for: 2001:db8:0:9::1';
    for (const _ of times(10, () => null)) await send(gateway(), body, [address]);
    await withstand(
      gateway(),
      async () => {
        const long = longBody(0, 990_000);
        for (const answer of await Promise.all(times(6, () => send(gateway(), long, [address])))) {
          expect(answer.status).toBe(429);
        }
      },
      createAddresses(),
    );
  });
});

describe.skipIf(!isLinux)('a gateway with room for 300 subscriptions', () => {
  const gateway = useGateway({ TRUST_PROXY: 'loopback', MAX_SUBSCRIPTIONS: '300' });

  it('leaves two thirds of the room to other clients if one IPv6 /64 tries to open 300 WebSockets', async () => {
    const open = async (address: string): Promise<number> => {
      const socket = new WebSocket(gateway().url.replace('http', 'ws'), 'graphql-transport-ws', {
        headers: { 'x-forwarded-for': address },
      });
      socket.on('error', () => {});
      const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number);
      const opened = once(socket, 'open').then(() => {
        // Without `connection_init`, the gateway would close the connection after three seconds, and would have room for another one.
        socket.send(JSON.stringify({ type: 'connection_init' }));
        return 101;
      });
      return Promise.race([opened, refused]);
    };
    const statuses: number[] = [];
    for (const index of times(300, (at) => at)) statuses.push(await open(`2001:db8::${(index + 1).toString(16)}`));
    expect(statuses.filter((status) => status === 101)).toHaveLength(100);
    expect(await open('2001:db8:0:1::1')).toBe(101);
  });
});
