import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readRecording } from '../src/upstream/recorded/recording.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';
import { killAll, program, start } from './support/start.ts';

afterEach(killAll);

async function runRecord(url: string, args: readonly string[], added: Record<string, string> = {}) {
  const env = { ...process.env, RUNPOD_GRAPHQL_URL: url, UPSTREAM: 'graphql', ...added };
  const [command = '', ...rest] = program('cli', 'record', ...args);
  const recorder = spawn(command, rest, { env });
  const output: string[] = [];
  recorder.stdout.on('data', (chunk) => output.push(String(chunk)));
  recorder.stderr.on('data', (chunk) => output.push(String(chunk)));
  const [code] = await once(recorder, 'close');
  return { code: Number(code), output: output.join('') };
}

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'recording-')), 'recordings', 'day');

describe('npm run record', () => {
  it('sends three requests at a time, writes a recording that gives the same answers, and never overwrites a recording', async () => {
    await using runPod = await startFakeRunPod();
    const folder = newFolder();
    const { code, output } = await runRecord(runPod.url, [folder]);
    expect(output).toContain('41 of 41 GPU types');
    expect(output).toContain('start the gateway with UPSTREAM=recorded and with this folder as RECORDING');
    expect(code).toBe(0);
    expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
    const { recordedAt, ...recorded } = readRecording(new URL(`${pathToFileURL(folder).href}/`));
    const { recordedAt: before, ...original } = readRecording20251114();
    expect(recorded).toEqual(original);
    expect(Date.parse(recordedAt)).toBeGreaterThan(Date.parse(before));
    const again = await runRecord(runPod.url, [folder]);
    expect(again.code).toBe(1);
    expect(again.output).toContain('exists');
  });

  it('sends no request to RunPod when it cannot write the recording, or when its arguments are invalid', async () => {
    await using runPod = await startFakeRunPod();
    const folder = newFolder();
    const belowFile = await runRecord(runPod.url, ['package.json/recording']);
    expect(belowFile.output).toMatch(
      /^Nothing was recorded\. \/\S+\/package\.json\/recording\/ cannot be created \(ENOTDIR\); name a folder/,
    );
    expect(belowFile.code).toBe(1);
    expect((await runRecord(runPod.url, [folder, 'another'])).code).toBe(2);
    expect((await runRecord(runPod.url, [folder, '--help'])).code).toBe(0);
    expect((await runRecord(runPod.url, ['--folder', folder])).code).toBe(2);
    expect(runPod.seen).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('warns about a misspelled setting', async () => {
    const { output } = await runRecord('https://runpod.invalid', ['package.json/recording'], { FRESH_SECOND: '5' });
    expect(output).toMatch(/^FRESH_SECOND is not a setting; it may mean FRESH_SECONDS\n/);
  });

  it('writes nothing when one request fails', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(502, '') : undefined,
    );
    const folder = newFolder();
    const { code, output } = await runRecord(runPod.url, [folder]);
    expect(code).toBe(1);
    expect(output).toContain('Nothing was recorded. RunPod could not be reached for LowestPrices: HTTP 502');
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['no GPU types', '{"data":{"gpuTypes":[]}}', 'an empty list'],
    ['nothing', '{"data":null}', 'not a list'],
  ])('writes nothing when RunPod lists %s', async (_what, body, reason) => {
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'GpuTypes' ? answerWith(200, body) : undefined,
    );
    const folder = newFolder();
    const { code, output } = await runRecord(runPod.url, [folder]);
    expect(code).toBe(1);
    expect(output).toMatch(`\nNothing was recorded. RunPod did not answer GpuTypes as expected: ${reason}\n`);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('RECORDING', () => {
  const DAY = 'fixtures/runpod/2025-11-14';
  const FILES = ['recording.json', 'gpu-types.json', 'data-centers.json', 'lowest-prices.json'];

  /** Copies the recording to a new folder, but changes the time at which it was recorded. Returns the folder. */
  function copyRecording() {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) copyFileSync(join(DAY, file), join(folder, file));
    writeFileSync(join(folder, 'recording.json'), '{"recordedAt":"2026-01-02T03:04:05.000Z"}');
    return folder;
  }

  it('names a folder whose recording the gateway serves', async () => {
    const { ready, lines } = start({ UPSTREAM: 'recorded', RECORDING: copyRecording() });
    const url = await ready;
    expect(lines.join('\n')).toContain('the recording of 2026-01-02T03:04:05.000Z');
    const query = '{ gpuAvailability(gpuType: "RTX 4090") { totalCount nodes { observedAt } } }';
    const { data } = await (await fetch(`${url}?query=${encodeURIComponent(query)}`)).json();
    expect(data.gpuAvailability).toMatchObject({
      totalCount: 8,
      nodes: expect.arrayContaining([{ observedAt: '2026-01-02T03:04:05.000Z' }]),
    });
  });

  it.each([
    ['does not exist', () => newFolder(), 'ENOENT'],
    [
      'contains something else',
      () => {
        const folder = copyRecording();
        writeFileSync(join(folder, 'gpu-types.json'), '{"data":{"gpuTypes":7}}');
        return folder;
      },
      'its files do not have the expected form',
    ],
  ])('is refused by the gateway and by doctor if its folder %s', async (_what, make, reason) => {
    const env = { UPSTREAM: 'recorded', RECORDING: make() };
    const problem = `RECORDING does not name a folder that the command record has written (${reason})`;
    const gateway = start(env);
    expect([await gateway.exit, gateway.stderr.join('')]).toEqual([1, `${problem}\n`]);
    const doctor = start(env, program('cli', 'doctor'));
    expect([await doctor.exit, doctor.lines.join('\n')]).toEqual([1, expect.stringContaining(problem)]);
  });
});
