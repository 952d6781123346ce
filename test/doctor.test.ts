import { afterEach, describe, expect, it } from 'vitest';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';
import { killAll, program, start } from './support/start.ts';
import { inStock } from './support/stock.ts';

afterEach(killAll);

async function examine(env: Record<string, string>) {
  const { exit, lines, stderr } = start({ UPSTREAM_RETRIES: '0', ...env }, program('doctor'));
  return { exit: await exit, out: lines.join('\n'), err: stderr.join('') };
}

describe('npm run doctor', () => {
  it('finds nothing wrong with a good source', async () => {
    await using runPod = await startFakeRunPod();
    const { exit, out } = await examine({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
    expect(out).toMatch(
      /^ok +settings +graphql at http:.*, no key\nok +GPU types +41, in .* s\nok +data centers +39, in .*\nok +fields .*\nok +stock +39 cells, in .*$/,
    );
    expect(exit).toBe(0);
  });

  it('tells what is left of the limits of the REST API, and never the key', async () => {
    await using rest = await startFakeRest();
    rest.send({ ratelimit: '"minute";r=57;t=30', 'ratelimit-policy': '"minute";q=60;w=60' });
    const { exit, out } = await examine({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: rest.url });
    expect(out).toContain('stock         1599 cells');
    expect(out).toContain('limits        minute: 57 of 60 requests left');
    expect(out).not.toContain(KEY);
    expect(exit).toBe(0);
  });

  it('looks at both APIs where they are chosen among', async () => {
    await using rest = await startFakeRest();
    await using runPod = await startFakeRunPod(() => answerWith(410, 'Gone'));
    const urls = { RUNPOD_REST_URL: rest.url, RUNPOD_GRAPHQL_URL: runPod.url };
    const { exit, out } = await examine({ UPSTREAM: 'auto', RUNPOD_API_KEY: KEY, ...urls });
    expect(out).toMatch(/^ok +settings +rest at.*1599 cells.*ok +settings +graphql at.*HTTP 410/s);
    expect(exit).toBe(1);
  });

  it('says what is wrong, and what to do', async () => {
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
      out: expect.stringMatching(/HTTP 410 \(BAD_RESPONSE\)\n +The API has changed or is gone/),
    });
    expect(await examine({ UPSTREAM: 'rest' })).toMatchObject({
      exit: 1,
      out: expect.stringContaining('FAIL  settings      RUNPOD_API_KEY is not set'),
    });
  });

  it('warns of words and fields that RunPod has changed', async () => {
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'GpuTypes'
        ? (response, good) => answerWith(200, good.replaceAll('memoryInGb', 'memory'))(response, good)
        : undefined,
    );
    for (const { id } of readRecording20251114().gpuTypes) runPod.stock.set(String(id), 'EU-RO-1', inStock('Plenty'));
    const { exit, out } = await examine({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
    expect(out).toMatch(/warn +fields +nothing tells memoryGb/);
    expect(out).toMatch(/warn +stock words +"Plenty" is not known/);
    expect(exit).toBe(0);
  });

  it('says that a recording is none of now', async () => {
    const { exit, out } = await examine({ UPSTREAM: 'recorded' });
    expect(out).toMatch(/^warn +settings +the embedded recording, which is not live\n +Set UPSTREAM/);
    expect(exit).toBe(0);
  });
});
