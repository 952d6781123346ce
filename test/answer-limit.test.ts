import { describe, expect, it } from 'vitest';
import { enlarge } from '../bench/larger-recording.ts';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_none, index) => text(index)).join(' ');

const LONG_NAME = 'a'.repeat(126);
const ALL = 'filter: { includeUnavailable: true }';
const ALIASES = repeat(10, (index) => `${LONG_NAME}${index}: stock`);

/** A query with a long response: 50 kB for one GPU type, and more than 2 MB for all GPU types. */
const LONG = `query ($gpuType: String) {
  gpuAvailability(gpuType: $gpuType, ${ALL}) { nodes { ${ALIASES} } }
}`;

const EVERY_FIELD = `{ gpuAvailability(${ALL}) { totalCount nodes {
  id gpuCount available stock availableGpuCounts spotObservedAt observedAt stale
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
  onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } } } }`;

const SMALL = { MAX_ANSWER_BYTES: '1000000', MAX_UPSTREAM_PER_OPERATION: '1000' };

async function open(env: Record<string, string>, recording = readRecording20251114()) {
  const gateway = createGateway(env, undefined, () => recording);
  const server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
  async function post(query: string, variables: object = {}, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, text: await response.text() };
  }
  return { post, [Symbol.asyncDispose]: () => server.close(0) };
}

describe('a response that would be too large', () => {
  it('is refused with its size and the limit', async () => {
    await using gateway = await open(SMALL);
    const { status, text } = await gateway.post(LONG);
    expect([status, JSON.parse(text)]).toMatchObject([
      400,
      {
        data: { gpuAvailability: null },
        errors: [
          {
            message: expect.stringMatching(/could take \d{7} bytes; the limit is 1000000/),
            extensions: { code: 'OPERATION_TOO_COMPLEX' },
          },
        ],
      },
    ]);
  });

  it('is refused even if the same operation was answered before, with other variables', async () => {
    await using gateway = await open(SMALL);
    expect((await gateway.post('{ gpuAvailability { totalCount } }')).status).toBe(200);
    for (const gpuType of ['L4', 'A40', 'A30']) expect((await gateway.post(LONG, { gpuType })).status).toBe(200);
    const { status, text } = await gateway.post(LONG);
    expect([status, codeIn(text)]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  it.each([
    ['server-sent events', LONG, 'text/event-stream'],
    ['@defer', LONG.replace('nodes', '... @defer { totalCount } nodes'), 'multipart/mixed'],
    ['@stream', LONG.replace('nodes', 'nodes @stream'), 'multipart/mixed'],
  ])('is refused with %s', async (_way, query, accept) => {
    await using gateway = await open(SMALL);
    const { text } = await gateway.post(query, {}, { accept });
    expect(codeIn(text)).toBe('OPERATION_TOO_COMPLEX');
    expect(text.length).toBeLessThan(1_000_000);
  });

  it.each([
    [
      'fields side by side',
      `{ ${repeat(8, (i) => `${LONG_NAME}${i}: gpuAvailability(${ALL}) { nodes { ${LONG_NAME}${i}: id } }`)} }`,
    ],
    ['nested availability fields', `{ gpuTypes { availability(${ALL}) { nodes { ${ALIASES} } } } }`],
    ['lists', `{ gpuTypes { ${repeat(45, (i) => `${LONG_NAME}${i}: id`)} } }`],
    [
      'introspection',
      `{ __schema { types { ofType { name } fields { ${repeat(48, (i) => `${LONG_NAME}${i}: description`)} } } } }`,
    ],
    ['labels of parts', `{ gpuAvailability(${ALL}) { nodes { ... @defer(label: "${'x'.repeat(2000)}") { stock } } } }`],
  ])('is refused because of its %s', async (_what, query) => {
    await using gateway = await open(SMALL, enlarge(readRecording20251114(), 200, 10));
    const { text } = await gateway.post(query, {}, { accept: 'multipart/mixed, application/json' });
    expect([codeIn(text), text]).toEqual([
      'OPERATION_TOO_COMPLEX',
      expect.stringContaining('bytes; the limit is 1000000'),
    ]);
    expect(text.length).toBeLessThan(1_000_000);
  });
});

/** Returns the first error code in the text of a response. */
const codeIn = (text: string) => /"code":"(\w+)"/.exec(text)?.[1];

describe('every field of the whole matrix', () => {
  const askOf = async (types: number, centers: number, env: Record<string, string>) => {
    const recording = enlarge(readRecording20251114(), types, centers);
    const gateway = createGateway({ MAX_UPSTREAM_PER_OPERATION: '1000', ...env }, undefined, () => recording);
    const { data, errors } = await gateway.ask(EVERY_FIELD);
    return { cells: data?.gpuAvailability?.totalCount, message: errors?.[0]?.message };
  };

  it('is returned for 8,000 cells', async () => {
    expect(await askOf(160, 50, {})).toEqual({ cells: 8000, message: undefined });
  });

  it('is refused for 80,000 cells, unless the operator raises the limit', { timeout: 60_000 }, async () => {
    const { message } = await askOf(400, 200, {});
    expect(message).toMatch(/the limit is 20000000/);
    expect(await askOf(400, 200, { MAX_ANSWER_BYTES: '100000000' })).toEqual({ cells: 80_000, message: undefined });
  });
});
