import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answerWith, type Fault, startFakeRunPod } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connect } from './support/gateway.ts';
import { REPEATED, tracesOf } from './support/secret-traces.ts';
import { killAll, program, start } from './support/start.ts';

const KEY = 'rpa_TOPSECRET+key/0123456789==';
const QUERY_STRING = '?token=hidden123&v=2';
/** Texts that must not appear anywhere. A part of a key is secret too. */
const SECRETS = ['rpa_TOPS', 'TOPSECRET', 'hidden123'];
const ECHO = `Bearer ${KEY} at /graphql${QUERY_STRING}`;
const ENV = { RUNPOD_API_KEY: KEY, UPSTREAM_TIMEOUT_MS: '500', UPSTREAM_RETRIES: '0' };

const MATRIX = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { stock } coverage { failed failures { code message } } } }`;

/** Creates a fault that behaves like another fault, but adds the secrets to the headers, the status text and the body. */
const echoing =
  (fault: Fault): Fault =>
  (response, good) => {
    response.statusMessage = ECHO;
    for (const name of ['www-authenticate', 'x-request', 'set-cookie']) response.setHeader(name, ECHO);
    const end = response.end.bind(response);
    const endWithEcho = (body?: string): ServerResponse => end(`${body ?? ''} ${ECHO}`);
    fault(Object.assign(response, { end: endWithEcho }), good);
  };

const late = (echo: string, length: number) => `${'far '.repeat((length - echo.length / 2) / 4)}${echo}`;

/**
 * Returns failed responses that contain `echo` wherever the gateway could log it. In some responses, `echo` comes so late in a long text
 * that shortening the text could cut `echo` in half.
 */
const refusalsWith = (echo: string): Fault[] => [
  answerWith(200, echo),
  answerWith(200, `{"data": ${echo}`),
  answerWith(200, late(echo, 500)),
  answerWith(200, JSON.stringify({ errors: [{ message: echo }] })),
  answerWith(200, JSON.stringify({ data: null, errors: [{ message: late(echo, 450), path: [echo] }] })),
  answerWith(400, JSON.stringify({ errors: [{ message: echo }] })),
  answerWith(400, late(echo, 500)),
  answerWith(404, `<pre>Cannot POST ${echo}</pre>`, { 'content-type': 'text/html' }),
  answerWith(500, echo),
  answerWith(302, echo, { location: `http://elsewhere.invalid/${encodeURI(echo)}` }),
  (response) => response.socket?.end(`HTTP/1.1 ${echo}\r\n\r\n`),
  (response) => response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: ${echo}\r\n\r\n`),
];

/** Returns the responses of `refusalsWith`, and successful answers to price requests. All of them contain `echo`. */
function answersWith(echo: string): Fault[] {
  const inAnswer =
    (change: object): Fault =>
    (response, good) => {
      const answer = JSON.parse(good);
      Object.assign(answer.data.gpuTypes[0], change);
      answerWith(200, JSON.stringify(answer))(response, good);
    };
  const stockStatus = (word: string) => inAnswer({ dc_0: { stockStatus: word } });
  return [...refusalsWith(echo), inAnswer({ id: echo }), stockStatus(echo), stockStatus(late(echo, 100))];
}

/** Returns all output of a gateway that clients and operators can see, except the assets of the board, which are large. */
async function lookAt(gateway: ReturnType<typeof connect>): Promise<string> {
  const answers: object[] = [];
  for (const gpuCount of [1, 2, 3]) answers.push(await gateway.ask(MATRIX, { gpuCount }));
  const paths = ['/graphql', '/graphql?query={upstream{health}}', '/ready', '/health', '/metrics', '/', '/nowhere'];
  const pages = await Promise.all(paths.map((path) => read(gateway, path)));
  return [JSON.stringify(answers), ...pages, ...gateway.logged].join('\n');
}

async function read({ handler }: ReturnType<typeof connect>, path: string, accept = '*/*'): Promise<string> {
  const response = await handler.fetch(`http://gateway.invalid${path}`, { headers: { accept } });
  return [response.status, ...response.headers, await response.text()].join('\n');
}

/**
 * Starts a stand-in for RunPod that applies the faults to price requests, one after the other. `undefined` in `faults` means a good answer.
 */
function failInTurn(faults: readonly (Fault | undefined)[]) {
  let next = 0;
  return startFakeRunPod(({ operationName }) =>
    operationName === 'LowestPrices' ? faults[next++ % faults.length] : undefined,
  );
}

describe('a secret', () => {
  it.each(Object.entries(REPEATED))('would be found by these tests if it were repeated %s', (_how, repeat) => {
    expect(tracesOf(['TOPSECRET', 'hidden123'], JSON.stringify({ sent: repeat(ECHO) }))).toHaveLength(2);
  });

  it.each(Object.entries(REPEATED))('appears nowhere when RunPod repeats it %s', async (_how, repeat) => {
    const faults = answersWith(repeat(ECHO));
    await using runPod = await failInTurn(faults);
    // The long time-out leaves enough time for the lists on a busy machine. It does not slow the test down, because no fault waits for it.
    const gateway = connect(`${runPod.url}${QUERY_STRING}`, { ...ENV, UPSTREAM_TIMEOUT_MS: '10000' });
    expect(tracesOf(SECRETS, await lookAt(gateway))).toEqual([]);
    expect(gateway.logged.length).toBeGreaterThan(faults.length);
  });

  it('appears nowhere when RunPod fails in each known way and repeats it', async () => {
    // A good answer follows each fault. After several responses with 429 in a row, the gateway would send no more requests.
    const faults = Object.values(FAULTS).flatMap(([fault]) => [echoing(fault), undefined]);
    await using runPod = await failInTurn(faults);
    const gateway = connect(`${runPod.url}${QUERY_STRING}`, ENV);
    expect(tracesOf(SECRETS, await lookAt(gateway))).toEqual([]);
    expect(runPod.count('LowestPrices')).toBeGreaterThan(faults.length);
    expect(tracesOf(SECRETS, await read(gateway, '/graphql', 'text/html'))).toEqual([]);
  });

  it('appears nowhere when requests for the lists fail and the responses repeat it', async () => {
    for (const fault of refusalsWith(ECHO)) {
      await using runPod = await startFakeRunPod(({ operationName }) =>
        operationName === 'GpuTypes' ? fault : undefined,
      );
      const gateway = connect(`${runPod.url}${QUERY_STRING}`, ENV);
      expect(tracesOf(SECRETS, await lookAt(gateway))).toEqual([]);
      expect(gateway.logged.join('')).toContain('upstream attempt failed');
    }
  });

  it.each(['http://127.0.0.1:1/graphql', 'https://name.invalid/graphql'])(
    'appears nowhere when the gateway cannot connect to %s',
    async (url) => {
      const gateway = connect(`${url}${QUERY_STRING}`, ENV);
      expect(tracesOf(SECRETS, await lookAt(gateway))).toEqual([]);
      expect(gateway.logged.join('')).toContain('the connection failed or broke');
    },
  );
});

describe('the process', () => {
  afterEach(killAll);

  it('shows no secret from start to stop when RunPod repeats the secret', async () => {
    await using runPod = await failInTurn(answersWith(ECHO));
    const env = { ...ENV, RUNPOD_GRAPHQL_URL: `${runPod.url}${QUERY_STRING}`, LOG_LEVEL: 'trace' };
    const { gateway, ready, exit, lines, stderr } = start(env);
    const url = await ready;
    expect(lines.find((line) => line.includes('Gateway listening'))).toMatch(`API at ${runPod.url}`);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: MATRIX, variables: { gpuCount: 1 } });
    const response = await fetch(url, { method: 'POST', headers, body });
    const answer = [...response.headers, await response.text()].join('\n');
    await fetch(new URL(`/${encodeURIComponent(KEY)}`, url));
    gateway.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(lines.join('')).toContain('upstream attempt failed');
    expect(lines.join('')).toContain('"path":"/[redacted]"');
    expect(tracesOf(SECRETS, [answer, ...lines, ...stderr].join('\n'))).toEqual([]);
  });

  it.each([
    ['the build', program('main')],
    ['the source', ['node_modules/.bin/tsx', 'src/main.ts']],
  ])('shows no password of Redis when it runs from %s and DEBUG is set', async (_from, command) => {
    const received: string[] = [];
    // This stand-in for Redis never answers, so the gateway starts without Redis.
    const silent = createServer((socket) => void socket.on('data', (data) => received.push(String(data))));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const env = { DEBUG: '*', REDIS_URL: `redis://:TOPSECRET@127.0.0.1:${port}` };
    const { gateway, ready, exit, lines, stderr } = start(env, command);
    await ready;
    gateway.kill('SIGTERM');
    await exit;
    silent.close();
    expect(received.join('')).toContain('TOPSECRET');
    expect(tracesOf(SECRETS, [...lines, ...stderr].join('\n'))).toEqual([]);
  });

  it.each(['redis://:TOPSECRET%zz@127.0.0.1:1', 'redis://:TOPSECRET@127.0.0.1:1/hidden123'])(
    'does not start with %s, and shows no part of the URL',
    async (url) => {
      const { exit, lines, stderr } = start({ REDIS_URL: url });
      expect(await exit).toBe(1);
      expect(stderr.join('')).toMatch(/^REDIS_URL is a URL \(length \d+, not shown\); it must be .*\n$/);
      expect(tracesOf(SECRETS, [...lines, ...stderr].join('\n'))).toEqual([]);
    },
  );

  it.each(['ftp://user:TOPSECRET@host/', 'http:/user:TOPSECRET@host/', 'http:user:TOPSECRET@host/', 'nonsense'])(
    'names an invalid setting without its secret (%s)',
    async (address) => {
      const url = `${address}${QUERY_STRING}\nhidden123`;
      const { exit, lines, stderr } = start({ RUNPOD_API_KEY: 'a TOPSECRET with blanks', RUNPOD_GRAPHQL_URL: url });
      expect(await exit).toBe(1);
      expect(stderr.join('')).toMatch(/^RUNPOD_API_KEY is .*\nRUNPOD_GRAPHQL_URL is .*\n$/);
      expect(tracesOf(SECRETS, [...lines, ...stderr].join('\n'))).toEqual([]);
    },
  );
});
