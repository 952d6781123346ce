import { describe, expect, it } from 'vitest';
import { UpstreamAnswerError, UpstreamGoneError, UpstreamNotAttemptedError } from '../src/domain/errors.ts';
import { createRunPodClient, type Reading } from '../src/upstream/runpod-graphql/client.ts';
import { VERSION } from '../src/version.ts';
import { AWAITED } from './support/attempts.ts';
import { createClientOptions, type Response } from './support/client-options.ts';

const PRICES: Reading<unknown> = {
  operation: { operationName: 'LowestPrices', query: '{ gpuTypes { id } }', variables: { gpuCount: 2 } },
  subject: 'LowestPrices 2 L4',
  read: ({ data }) => ({ value: data, complete: false }),
};
const PROBE: Reading<unknown> = { ...PRICES, operation: { operationName: 'GpuTypes', query: '{ gpuTypes { id } }' } };

/** Creates a client of an API that always sends the same response. `sent` contains the requests to the API. */
function createClient({ apiKey, ...response }: Response & { readonly apiKey?: string } = {}) {
  const { options, sent, reports } = createClientOptions({ body: '{"data":7}', ...response });
  const url = new URL('https://graphql.example/graphql');
  return { client: createRunPodClient({ ...options, url, apiKey, probe: PROBE, endsWhenGone: true }), sent, reports };
}

describe('a client of the GraphQL API', () => {
  it('posts an operation as JSON, and reads the data of the answer', async () => {
    const { client, sent, reports } = createClient();
    expect(await client.send(PRICES, AWAITED)).toBe(7);
    expect(sent).toMatchObject([{ method: 'POST', url: 'https://graphql.example/graphql' }]);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(PRICES.operation);
    expect(reports).toMatchObject([
      { operation: 'LowestPrices', subject: 'LowestPrices 2 L4', outcome: 'INCOMPLETE', error: null },
    ]);
  });

  it('sends its name and the formats that it reads, and the key if there is one', async () => {
    const open = createClient();
    await open.client.send(PRICES, AWAITED);
    const headers = {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      'user-agent': `gpu-availability-gateway/${VERSION}`,
    };
    expect(open.sent[0]?.headers).toEqual(headers);
    const secret = createClient({ apiKey: 'rpa_key' });
    await secret.client.send(PRICES, AWAITED);
    expect(secret.sent[0]?.headers).toEqual({ ...headers, authorization: 'Bearer rpa_key' });
  });

  it.each([
    [{ status: 404 }, 'HTTP 404'],
    [{ body: '<html>' }, 'the body is not JSON'],
    [{ body: '7' }, 'the body is not a GraphQL answer'],
  ])('rejects the response %j with the name of the operation', async (response, reason) => {
    const { client } = createClient(response);
    const answer = client.send(PRICES, AWAITED);
    await expect(answer).rejects.toThrow(new UpstreamAnswerError('LowestPrices', reason));
  });

  it('sends nothing more to an API that is retired', async () => {
    const { client, sent } = createClient({ status: 410 });
    expect(client.isGone).toBe(false);
    for (let count = 0; count < 2; count += 1) {
      await expect(client.send(PRICES, AWAITED)).rejects.toBeInstanceOf(UpstreamGoneError);
    }
    expect([client.isGone, sent.length]).toEqual([true, 1]);
  });

  it('has a circuit breaker that is closed at first, and opens when the API is down', async () => {
    const { client, sent } = createClient({ status: 503 });
    expect(client.circuit).toBe('closed');
    await expect
      .poll(async () => {
        await client.send(PRICES, AWAITED).catch(() => {});
        return client.circuit;
      })
      .toBe('open');
    const before = sent.length;
    await expect(client.send(PRICES, AWAITED)).rejects.toBeInstanceOf(UpstreamNotAttemptedError);
    expect(sent).toHaveLength(before);
  });
});
