import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...args]);

describe.concurrent('npm run bench', () => {
  it('lists the benchmarks with --help', async () => {
    const { stdout, stderr } = await run('--help');
    for (const option of ['--profile', '--growth', '--hostile']) expect(stdout).toContain(option);
    expect(stderr).toBe('');
  });

  it.each([
    [['--bogus'], '--bogus'],
    [['--load', '--growth'], '--load and --growth are different benchmarks'],
    [['--hostile', '--file', 'missing/worst.json'], 'cannot be written'],
  ])('refuses %j with exit code 2, before it builds or measures anything', async (args, named) => {
    const stderr = expect.stringContaining(named);
    await expect(run(...args)).rejects.toMatchObject({ code: 2, stdout: '', stderr });
    expect(existsSync('missing')).toBe(false);
  });
});
