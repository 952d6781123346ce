import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../src/upstream/recorded/recording.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';
import { program } from './support/start.ts';

async function runRecord(url: string, ...args: readonly string[]) {
  const env = { ...process.env, RUNPOD_GRAPHQL_URL: url, UPSTREAM: 'graphql' };
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
    const { code, output } = await runRecord(runPod.url, folder);
    expect(output).toContain('41 of 41 GPU types');
    expect(code).toBe(0);
    expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
    const { recordedAt, ...recorded } = readRecording(new URL(`${pathToFileURL(folder).href}/`));
    const { recordedAt: before, ...original } = readRecording20251114();
    expect(recorded).toEqual(original);
    expect(Date.parse(recordedAt)).toBeGreaterThan(Date.parse(before));
    const again = await runRecord(runPod.url, folder);
    expect(again.code).toBe(1);
    expect(again.output).toContain('exists');
  });

  it('asks RunPod nothing when it cannot write the recording, or when it is called wrongly', async () => {
    await using runPod = await startFakeRunPod();
    const folder = newFolder();
    const belowFile = await runRecord(runPod.url, 'package.json/recording');
    expect(belowFile.output).toMatch(/^Nothing was recorded\. ENOTDIR/);
    expect(belowFile.code).toBe(1);
    expect((await runRecord(runPod.url, folder, 'another')).code).toBe(2);
    expect((await runRecord(runPod.url, folder, '--help')).code).toBe(0);
    expect((await runRecord(runPod.url, '--folder', folder)).code).toBe(2);
    expect(runPod.seen).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('writes nothing when one request fails', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(502, '') : undefined,
    );
    const folder = newFolder();
    const { code, output } = await runRecord(runPod.url, folder);
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
    const { code, output } = await runRecord(runPod.url, folder);
    expect(code).toBe(1);
    expect(output).toMatch(`\nNothing was recorded. RunPod did not answer GpuTypes as expected: ${reason}\n`);
    expect(existsSync(folder)).toBe(false);
  });
});
