import { describe, expect, it } from 'vitest';
import type { UpstreamError } from '../src/domain/errors.ts';
import { exchange, parseJson } from '../src/upstream/request/exchange.ts';
import { BodyTooLargeError, type FetchResponse } from '../src/upstream/request/http.ts';

/** Creates a response of RunPod. `used` records what was done with its body. */
function createResponse(status: number, facts: Partial<Pick<FetchResponse, 'headers' | 'text'>> = {}) {
  const used: string[] = [];
  const response: FetchResponse = {
    status,
    headers: facts.headers ?? new Headers(),
    async text() {
      used.push('read');
      return facts.text === undefined ? 'the body' : facts.text();
    },
    async discard() {
      used.push('discarding');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      used.push('discarded');
    },
  };
  return { response, used };
}

/** Returns the error with which this exchange rejects. */
const failureOf = async (send: () => Promise<FetchResponse>): Promise<UpstreamError> =>
  exchange('Gpus', send).then(
    () => expect.fail('the exchange must reject'),
    (error: UpstreamError) => error,
  );

describe('an exchange with RunPod', () => {
  it('returns the body of a response with the status 200', async () => {
    const { response, used } = createResponse(200);
    expect([await exchange('Gpus', async () => response), used]).toEqual(['the body', ['read']]);
  });

  it.each([
    [401, 'UNAUTHORIZED', 'RunPod refused Gpus: the gateway is not authorized (HTTP 401)'],
    [403, 'UNAUTHORIZED', 'RunPod refused Gpus: the gateway is not authorized (HTTP 403)'],
    [410, 'BAD_RESPONSE', 'RunPod no longer answers Gpus: HTTP 410'],
    [429, 'RATE_LIMITED', 'RunPod limits requests, and Gpus exceeds the limit'],
    [500, 'UNREACHABLE', 'RunPod could not be reached for Gpus: HTTP 500'],
    [503, 'UNREACHABLE', 'RunPod could not be reached for Gpus: HTTP 503'],
  ])('fails after the status %i as %s, once the unread body is discarded', async (status, code, message) => {
    const { response, used } = createResponse(status);
    expect(await failureOf(async () => response)).toMatchObject({ code, message });
    expect(used).toEqual(['discarding', 'discarded']);
  });

  it.each([
    [429, '7', 7000],
    [503, '7', 7000],
    [429, null, null],
    [503, null, null],
  ])('reports the wait that the status %i asks for with Retry-After: %j', async (status, header, retryAfterMs) => {
    const headers = new Headers(header === null ? {} : { 'retry-after': header });
    expect(await failureOf(async () => createResponse(status, { headers }).response)).toMatchObject({ retryAfterMs });
  });

  it.each([201, 204, 302, 400, 404, 409, 499])(
    'fails after the status %i, and keeps the start of the body for the log',
    async (status) => {
      const body = `${'word '.repeat(98)}key-that-must-not-be-cut`;
      const failure = await failureOf(async () => createResponse(status, { text: async () => body }).response);
      expect(failure).toMatchObject({
        code: 'BAD_RESPONSE',
        message: `RunPod did not answer Gpus as expected: HTTP ${status}`,
        cause: `${'word '.repeat(98)}…`,
      });
    },
  );

  it('fails as unreachable when the connection fails before or during the response', async () => {
    const cause = new Error('ECONNRESET');
    const broken = async (): Promise<never> => {
      throw cause;
    };
    for (const send of [broken, async () => createResponse(200, { text: broken }).response]) {
      expect(await failureOf(send)).toMatchObject({
        code: 'UNREACHABLE',
        message: 'RunPod could not be reached for Gpus: the connection failed or broke',
        cause,
      });
    }
  });

  it('fails because of a bad answer, and not as unreachable, when the body is too large', async () => {
    const cause = new BodyTooLargeError();
    const text = async (): Promise<never> => {
      throw cause;
    };
    expect(await failureOf(async () => createResponse(200, { text }).response)).toMatchObject({
      code: 'BAD_RESPONSE',
      message: 'RunPod did not answer Gpus as expected: the body is larger than 2097152 bytes',
      cause,
    });
  });
});

describe('a response body from RunPod', () => {
  it('is parsed as JSON', () => {
    expect(parseJson('Gpus', '{"a":[1]}')).toEqual({ a: [1] });
  });

  it.each([
    ['<p>down</p>', '<p>down</p>'],
    ['x'.repeat(500), 'x'.repeat(500)],
    [`down ${'x'.repeat(496)}`, 'down …'],
    [`"${'x'.repeat(500)}`, '"…'],
    ['x'.repeat(501), '…'],
  ])('that is not JSON is kept for the log without half of a word: %s', (text, cause) => {
    const message = 'RunPod did not answer Gpus as expected: the body is not JSON';
    expect(() => parseJson('Gpus', text)).toThrow(expect.objectContaining({ code: 'BAD_RESPONSE', message, cause }));
  });
});
