import { describe, expect, it } from 'vitest';
import { createGpuAvailability } from '../../src/library/library.ts';
import type { GpuAvailabilityOptions } from '../../src/library/library-types.ts';
import { embed, executeIn, failuresIn, fetchFrom, KEY, ofTypes } from '../support/embedded-library.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';

describe('the options', () => {
  it.each([
    [{ freshSecond: 5 }, /^There is no option freshSecond\. The options are upstream, runpodApiKey,/],
    [{ freshSeconds: 0.5 }, /^freshSeconds is .*"0\.5"; it must be a whole number from 1 to 86400$/],
    [
      { upstream: 'rest' },
      'runpodApiKey is not set; it must be set for upstream=rest, because the REST API requires a key',
    ],
    [{ path: 'graphql' }, /^path is "graphql"; it must be a path as in a URL, such as \/graphql$/],
    [{ path: '/gräph' }, /^path is "\/gräph"; it must be a path as in a URL/],
    [{ path: '/a/../graphql' }, /^path is /],
    [{ path: '//graphql' }, /^path is /],
    [
      { logger: { warn() {} } },
      /^logger has no method debug, info, error; it must have the methods debug, info, warn, error$/,
    ],
    [{ introspection: 'perhaps' }, /^introspection is a word \(length 7, not shown\); it must be true or false$/],
  ])('%j are refused with a message that names the option', (options, message) => {
    expect(() => createGpuAvailability(options as GpuAvailabilityOptions)).toThrow(message);
  });

  it('do not show a key in a message', () => {
    expect(() => createGpuAvailability({ runpodApiKey: 'a secret' })).toThrow(/^runpodApiKey is (?!.*secret)/);
  });

  it('have their defaults if they are null', async () => {
    const options = { runpodApiKey: null, path: null, logger: null, freshSeconds: null };
    const gpus = createGpuAvailability(options as unknown as GpuAvailabilityOptions);
    expect(await fetchFrom(gpus, '{ upstream { source } }')).toEqual({ data: { upstream: { source: 'RECORDED' } } });
    await gpus.dispose();
  });

  it('accept a path in the form of a URL', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded', path: '/gr%C3%A4ph' });
    expect((await gpus.fetch(new Request('http://host.example/gräph?query={__typename}'))).status).toBe(200);
  });

  it('do not come from the environment', async () => {
    process.env['FRESH_SECONDS'] = 'not a number';
    const gpus = createGpuAvailability();
    delete process.env['FRESH_SECONDS'];
    expect(await fetchFrom(gpus, '{ upstream { source } }')).toEqual({ data: { upstream: { source: 'RECORDED' } } });
    await gpus.dispose();
  });
});

describe('two instances in one process', () => {
  it('share neither answers nor budgets nor settings', async () => {
    await using runPod = await startFakeRunPod();
    await using first = embed(runPod.url, { clientUpstreamPerMinute: 3 });
    await using second = embed(runPod.url, { path: '/other', introspection: false });
    await using recorded = createRecorded();
    await fetchFrom(first, ofTypes(1), 'a');
    const before = runPod.seen.length;
    await executeIn(second, ofTypes(1), 'a');
    expect(runPod.seen).toHaveLength(2 * before);
    expect((await second.fetch(new Request('http://host.example/graphql?query={__typename}'))).status).toBe(404);
    expect(await fetchFrom(recorded, '{ upstream { source } }')).toEqual({
      data: { upstream: { source: 'RECORDED' } },
    });
    await first.dispose();
    expect(failuresIn(await executeIn(second, ofTypes(2), 'a'))).toEqual([]);
  });
});

function createRecorded() {
  const gpus = createGpuAvailability();
  return { ...gpus, [Symbol.asyncDispose]: gpus.dispose };
}

describe('a disposed instance', () => {
  it('refuses operations, and can be disposed again', async () => {
    const gpus = createGpuAvailability();
    await Promise.all([gpus.dispose(), gpus.dispose()]);
    await expect(fetchFrom(gpus, '{ __typename }')).rejects.toThrow('This gpu-availability-gateway was disposed.');
    expect(() => gpus.createContext()).toThrow('This gpu-availability-gateway was disposed.');
    await gpus.dispose();
  });
});

describe('the logger', () => {
  it('receives failures of RunPod, without the key', async () => {
    const lines: unknown[] = [];
    const note = (fields: object, message: string) => lines.push({ ...fields, message });
    await using runPod = await startFakeRunPod(
      ({ headers }) =>
        (response) =>
          response.writeHead(400).end(`refused ${String(headers['authorization'])}`),
    );
    await using gpus = embed(runPod.url, { logger: { debug: note, info: note, warn: note, error: note } });
    await fetchFrom(gpus, '{ gpuTypes { id } }');
    expect(lines).toContainEqual(expect.objectContaining({ message: 'upstream attempt failed' }));
    expect(JSON.stringify(lines)).not.toContain(KEY);
  });

  it.each(['40', 'level', 'n', 'msg'])('receives whole lines without the key %s', async (runpodApiKey) => {
    const lines: Record<string, unknown>[] = [];
    const note = (fields: object, message: string) => lines.push({ ...fields, message });
    await using runPod = await startFakeRunPod(
      ({ headers }) =>
        (response) =>
          response.writeHead(400).end(`refused\n${String(headers['authorization'])}`),
    );
    await using gpus = embed(runPod.url, {
      runpodApiKey,
      logger: { debug: note, info: note, warn: note, error: note },
    });
    const { errors } = await fetchFrom(gpus, '{ gpuTypes { id } }');
    expect(errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(lines).toEqual([
      {
        source: expect.anything(),
        subject: 'GpuTypes',
        code: expect.anything(),
        durationMs: expect.any(Number),
        reason: expect.anything(),
        cause: expect.stringMatching(/Bearer \[redacted\]/),
        message: 'upstream attempt failed',
      },
    ]);
  });

  it.each([
    [
      'throws',
      (): void => {
        throw new Error('a fault of the host');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('a fault of the host');
      },
    ],
  ])('does not break an operation if it %s', async (_how, fail) => {
    await using runPod = await startFakeRunPod(() => (response) => response.writeHead(400).end());
    await using gpus = embed(runPod.url, { logger: { debug: fail, info: fail, warn: fail, error: fail } });
    const { errors } = await fetchFrom(gpus, '{ gpuTypes { id } }');
    expect(errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNAVAILABLE');
  });
});
