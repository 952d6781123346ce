import { afterEach, describe, expect, it } from 'vitest';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith, type Fault, startFakeRunPod } from './support/fake-runpod.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';
import { killAll, program, start } from './support/start.ts';
import { inStock } from './support/stock.ts';
import { scarceWorld } from './support/worlds.ts';

afterEach(killAll);

async function examine(env: Record<string, string>) {
  const { exit, lines, stderr } = start({ UPSTREAM_RETRIES: '0', ...env }, program('cli', 'doctor'));
  return { exit: await exit, out: lines.join('\n'), err: stderr.join('') };
}

const examineRest = (url: string) => examine({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: url });

/**
 * A fault that changes names, types and words in a response about GPU types. It also adds a field whose name is the API key, which the
 * output must not contain.
 */
const renamed: Fault = (response, good) => {
  const { gpus } = JSON.parse(good, (key, value) => (key === 'availability' && value === 'HIGH' ? 'PLENTY' : value));
  const changed = gpus.map(({ availability, memory: _memory, ...row }: Record<string, object>, index: number) => ({
    ...row,
    level: availability,
    price: { ...row['price'], secure: '0.69' },
    [KEY]: 1,
    ...(index === 0 && { manufacturer: 'Intel' }),
  }));
  answerWith(200, JSON.stringify({ gpus: changed }))(response, good);
};

describe('npm run doctor', () => {
  it('finds nothing wrong with a healthy source', async () => {
    await using runPod = await startFakeRunPod();
    const { exit, out } = await examine({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
    expect(out).toMatch(
      /^ok +settings +graphql at http:.*, no key\nok +GPU types +41, in .* s\nok +data centers +39, in .*\nok +fields .*\nok +stock +39 cells, \d+ in stock, in .*$/,
    );
    expect(exit).toBe(0);
  });

  it('reports how much of the rate limits of the REST API is left, and never shows the key', async () => {
    await using rest = await startFakeRest();
    rest.send({ ratelimit: '"minute";r=57;t=30', 'ratelimit-policy': '"minute";q=60;w=60' });
    const { exit, out } = await examine({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: rest.url });
    expect(out).toContain('stock         1599 cells, 79 in stock, 16 of 41 GPU types sold out');
    expect(out).toContain('limits        minute: 57 of 60 requests left');
    expect(out).not.toContain(KEY);
    expect(exit).toBe(0);
  });

  it('finds that the responses of the REST API match their description, with one request per path', async () => {
    await using rest = await startFakeRest();
    const { exit, out } = await examineRest(rest.url);
    expect(out).toContain('ok    description   GET /catalog/gpus has every field that the gateway needs\n');
    expect(out).toContain('ok    description   GET /catalog/datacenters has every field that the gateway needs');
    expect(out).not.toMatch(/warn|FAIL/);
    expect(rest.seen).toHaveLength(2);
    expect(exit).toBe(0);
  });

  it('does not warn about single GPU types that are sold out', async () => {
    await using rest = await startFakeRest(scarceWorld());
    const { exit, out } = await examineRest(rest.url);
    expect(out).toContain('stock         1632 cells, 244 in stock, 12 of 48 GPU types sold out');
    expect(out).not.toMatch(/warn|FAIL/);
    expect(exit).toBe(0);
  });

  it('warns about a catalog in which everything is sold out', async () => {
    await using rest = await startFakeRest({ ...scarceWorld(), stock: [] });
    const { exit, out } = await examineRest(rest.url);
    expect(out).toMatch(/warn +stock +every GPU type is sold out, which is unlikely\n/);
    expect(exit).toBe(0);
  });

  it('names each missing, malformed or new field of the REST API once, and explains the consequences', async () => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) => (path.endsWith('gpus') ? renamed : undefined));
    const { exit, out } = await examineRest(rest.url);
    const about = out.split('\n').filter((line) => line.includes('gpus[]'));
    expect(about.toSorted()).toEqual([
      'FAIL  description   gpus[].availability is missing in 41 of 41',
      'FAIL  description   gpus[].price.secure has another type or form in 41 of 41',
      'ok    description   gpus[].[redacted] is new in 41 of 41',
      'ok    description   gpus[].level is new in 41 of 41',
      'ok    description   gpus[].manufacturer has a word that is not described in 1 of 41',
      'warn  description   gpus[].dataCenters[].availability has a word that is not described in 5 of 79',
      'warn  description   gpus[].memory is missing in 41 of 41',
    ]);
    expect(out).toMatch(/gpus\[\]\.availability is missing .*\n +Without it, stock or its price is unknown or wrong\./);
    expect(out).not.toContain(KEY);
    expect(exit).toBe(1);
  });

  it('names the missing field when a response is not a list', async () => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) => (path.endsWith('gpus') ? answerWith(200, '{"types":[]}') : undefined));
    const { exit, out } = await examineRest(rest.url);
    expect(out).toMatch(/FAIL +GPU types .*BAD_RESPONSE/);
    expect(out).toContain('FAIL  description   gpus is missing in 1 of 1\n');
    expect(out).toContain('ok    description   types is new in 1 of 1\n');
    expect(exit).toBe(1);
  });

  it('checks both APIs with UPSTREAM=auto', async () => {
    await using rest = await startFakeRest();
    await using runPod = await startFakeRunPod(() => answerWith(410, 'Gone'));
    const urls = { RUNPOD_REST_URL: rest.url, RUNPOD_GRAPHQL_URL: runPod.url };
    const { exit, out } = await examine({ UPSTREAM: 'auto', RUNPOD_API_KEY: KEY, ...urls });
    expect(out).toMatch(/^ok +settings +rest at.*1599 cells.*ok +settings +graphql at.*HTTP 410/s);
    expect(exit).toBe(1);
  });

  it('reports what is wrong and what to do', async () => {
    await using rest = await startFakeRest();
    const refused = await examine({ UPSTREAM: 'rest', RUNPOD_API_KEY: 'wrong', RUNPOD_REST_URL: rest.url });
    expect(refused).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/FAIL +GPU types +.*HTTP 401.*\n +Check RUNPOD_API_KEY/),
    });
    await using runPod = await startFakeRunPod(() => answerWith(410, 'Gone'));
    const gone = await examine({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
    expect(gone).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/HTTP 410 \(BAD_RESPONSE\)\n +The API has changed or was retired/),
    });
    expect(await examine({ UPSTREAM: 'rest' })).toMatchObject({
      exit: 1,
      out: expect.stringContaining('FAIL  settings      RUNPOD_API_KEY is not set'),
    });
  });

  it('warns about words and fields that RunPod has changed', async () => {
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'GpuTypes'
        ? (response, good) => answerWith(200, good.replaceAll('memoryInGb', 'memory'))(response, good)
        : undefined,
    );
    for (const { id } of readRecording20251114().gpuTypes) runPod.stock.set(String(id), 'EU-RO-1', inStock('Plenty'));
    const { exit, out } = await examine({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
    expect(out).toMatch(/warn +fields +no row has memoryGb/);
    expect(out).toMatch(/warn +stock words +"Plenty" is not known/);
    expect(exit).toBe(0);
  });

  it('repeatedly reports on stderr what it waits for while RunPod does not answer', async () => {
    const held: (() => void)[] = [];
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'DataCenters'
        ? (response, good) => held.push(() => answerWith(200, good)(response, good))
        : undefined,
    );
    const env = { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url };
    const { exit, lines, stderr } = start(env, program('cli', 'doctor'));
    await expect
      .poll(() => stderr.join(''))
      .toMatch(/^data centers: no answer for 2 s\ndata centers: no answer for 4 s\n/);
    expect(lines.at(-1)).toMatch(/^ok +GPU types/);
    for (const answer of held) answer();
    expect(await exit).toBe(0);
  });

  it('warns about a misspelled setting', async () => {
    const { exit, out } = await examine({ UPSTREAM: 'recorded', FRESH_SECOND: '5' });
    expect(out).toMatch(/^warn +settings +FRESH_SECOND is not a setting\n +It may mean FRESH_SECONDS\.\n/);
    expect(exit).toBe(0);
  });

  it('reports that a recording is not live', async () => {
    const { exit, out } = await examine({ UPSTREAM: 'recorded' });
    expect(out).toMatch(/^warn +settings +the embedded recording, which is not live\n +Set UPSTREAM/);
    expect(exit).toBe(0);
  });
});
