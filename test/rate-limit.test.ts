import { type Item, parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const QUERY = '{ gpuAvailability { totalCount } }';

async function listen(env: Record<string, string>) {
  const { listener, log } = createGateway(env);
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  const post = (headers: Record<string, string> = {}, query = QUERY) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  const get = (headers: Record<string, string> = {}) => fetch(`${server.url}/graphql?query=${QUERY}`, { headers });
  return { post, get, [Symbol.asyncDispose]: () => server.close(0) };
}

/** Returns the name and the parameters of the item in the header `field`, which has exactly one item. */
function read({ headers }: Response, field: string) {
  const [[name, parameters]] = parseList(headers.get(field) ?? '') as [Item];
  const [q, w, r, t] = ['q', 'w', 'r', 't'].map((key) => parameters.get(key));
  return { name, q, w, r, t };
}

const LIMITED = { TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '6' };

describe('the responses to a client with a rate limit', () => {
  it('report the remaining quota, whichever part of the gateway produces the response', async () => {
    await using gateway = await listen(LIMITED);
    const whole = await gateway.get();
    const answers = [
      whole,
      await gateway.get({ 'if-none-match': whole.headers.get('etag') ?? '' }),
      await gateway.post({}, '{ nonsense }'),
      await gateway.post(),
      // The gateway has the data for the following requests in memory.
      await gateway.post(),
      await gateway.post(),
      await gateway.post(),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 304, 200, 200, 200, 200, 429]);
    expect(answers.map((answer) => read(answer, 'ratelimit').r)).toEqual([5, 4, 3, 2, 1, 0, 0]);
    for (const answer of answers) {
      expect(read(answer, 'ratelimit-policy')).toMatchObject({ name: 'per-minute', q: 6, w: 60 });
      const { name, t } = read(answer, 'ratelimit');
      expect([name, Number(t) > 0 && Number(t) <= 60]).toEqual(['per-minute', true]);
    }
    const refused = answers.at(-1) as Response;
    expect(Number(refused.headers.get('retry-after'))).toBe(read(refused, 'ratelimit').t);
  });

  it('report the quota of each client separately', async () => {
    await using gateway = await listen(LIMITED);
    const leftOf = async (address: string) => read(await gateway.post({ 'x-forwarded-for': address }), 'ratelimit').r;
    const left = [];
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2']) {
      // oxlint-disable-next-line no-await-in-loop -- Each request is counted before the next one is sent.
      left.push(await leftOf(address));
    }
    expect(left).toEqual([5, 4, 5, 3, 4]);
  });

  it('let the pages of allowed origins read the quota', async () => {
    await using gateway = await listen({ ...LIMITED, CORS_ORIGINS: 'https://a.example' });
    const { headers } = await gateway.post({ origin: 'https://a.example' });
    expect(headers.get('access-control-expose-headers')).toMatch(/\bratelimit\b.*\bratelimit-policy\b/);
  });
});

it.each([
  ['on the machine of the gateway', {}],
  ['of a gateway without a rate limit', { TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '0' }],
])('the responses to a client %s have no headers about a rate limit', async (_what, env) => {
  await using gateway = await listen(env);
  for (const { headers } of [await gateway.post(), await gateway.post(), await gateway.post()]) {
    expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null]);
  }
});
