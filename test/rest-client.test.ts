import { describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../src/domain/clock.ts';
import { UpstreamAnswerError, UpstreamNotAttemptedError } from '../src/domain/errors.ts';
import { createRestClient, type Reading } from '../src/upstream/runpod-rest/client.ts';
import { createQuota } from '../src/upstream/runpod-rest/quota.ts';
import { VERSION } from '../src/version.ts';
import { AWAITED, RENEWAL } from './support/attempts.ts';
import { createClientOptions, type Response } from './support/client-options.ts';

interface Settings extends Response {
  readonly url?: string;
  readonly apiKey?: string;
}

/** Creates a client of an API that always sends the same response. `sent` contains the requests to the API. */
function createClient({ url = 'https://rest.example/v2', apiKey, ...response }: Settings = {}) {
  const { options, sent, reports } = createClientOptions({ body: '{"gpus":[]}', ...response });
  const client = createRestClient({
    ...options,
    url: new URL(url),
    apiKey,
    quota: createQuota(options.lane, SYSTEM_CLOCK.now),
    probe: readingOf({}),
    endsWhenGone: false,
  });
  return { client, sent, reports };
}

const readingOf = (parameters: Readonly<Record<string, string>>): Reading<unknown> => ({
  operation: 'Gpus',
  path: 'catalog/gpus',
  parameters,
  read: (body) => ({ value: body, complete: true }),
});

describe('a client of the REST API', () => {
  it.each(['https://rest.example/v2', 'https://rest.example/v2/'])(
    'sends a GET request below the URL %s',
    async (url) => {
      const { client, sent } = createClient({ url });
      expect(await client.get(readingOf({ cloud: 'SECURE', count: '2' }), AWAITED)).toEqual({ gpus: [] });
      expect(sent).toMatchObject([{ method: 'GET', url: 'https://rest.example/v2/catalog/gpus?cloud=SECURE&count=2' }]);
    },
  );

  it('sends its name and the formats that it reads, and the key if there is one', async () => {
    const open = createClient();
    await open.client.get(readingOf({}), AWAITED);
    const headers = {
      accept: 'application/json, application/problem+json',
      'user-agent': `gpu-availability-gateway/${VERSION}`,
    };
    expect(open.sent[0]?.headers).toEqual(headers);
    const secret = createClient({ apiKey: 'rpa_key' });
    await secret.client.get(readingOf({}), AWAITED);
    expect(secret.sent[0]?.headers).toEqual({ ...headers, authorization: 'Bearer rpa_key' });
  });

  it('names the pod size as the subject of a request for stock, and the operation as the subject of a list', async () => {
    const { client, reports } = createClient();
    await client.get(readingOf({ cloud: 'SECURE', count: '2' }), AWAITED);
    await client.get(readingOf({ cloud: 'SECURE' }), AWAITED);
    expect(reports.map(({ operation, subject }) => [operation, subject])).toEqual([
      ['Gpus', 'Gpus 2'],
      ['Gpus', 'Gpus'],
    ]);
  });

  it('rejects an answer that is not JSON, with the name of the operation', async () => {
    const { client } = createClient({ body: '<html>' });
    const answer = client.get(readingOf({}), AWAITED);
    await expect(answer).rejects.toThrow(new UpstreamAnswerError('Gpus', 'the body is not JSON'));
  });

  it.each([200, 404])(
    'reserves the rest of a rate limit for awaited requests if a response with the status %s reports that limit',
    async (status) => {
      const headers = { ratelimit: '"hour";r=100;t=3600', 'ratelimit-policy': '"hour";q=500;w=3600' };
      const { client, sent } = createClient({ headers, status });
      const ask = (demand: typeof AWAITED) => client.get(readingOf({}), demand).catch((error: unknown) => error);
      for (const demand of [AWAITED, RENEWAL, AWAITED]) await ask(demand);
      expect(sent).toHaveLength(3);
      expect(await ask(RENEWAL)).toBeInstanceOf(UpstreamNotAttemptedError);
      expect(sent).toHaveLength(3);
    },
  );

  it('has a circuit breaker that is closed at first, and opens when the API is down', async () => {
    const { client, sent } = createClient({ status: 503 });
    expect(client.circuit).toBe('closed');
    await expect
      .poll(async () => {
        await client.get(readingOf({}), AWAITED).catch(() => {});
        return client.circuit;
      })
      .toBe('open');
    const before = sent.length;
    await expect(client.get(readingOf({}), AWAITED)).rejects.toBeInstanceOf(UpstreamNotAttemptedError);
    expect(sent).toHaveLength(before);
  });
});
