import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { program } from './support/start.ts';

/** Runs the program with settings that would make every start fail. So the program can only succeed if it does not read the settings. */
async function run(...args: readonly string[]) {
  const [command = '', ...rest] = program('cli', ...args);
  const settings = { PORT: 'none', UPSTREAM: 'none' };
  const ran = promisify(execFile)(command, rest, { env: { ...process.env, ...settings } });
  return ran.then(
    ({ stdout, stderr }) => ({ exit: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ exit: code, stdout, stderr }),
  );
}

describe('the program', () => {
  it('lists its commands and the most important settings with --help', async () => {
    const { exit, stdout, stderr } = await run('--help');
    for (const name of ['start', 'doctor', 'compare', 'record', 'schema']) expect(stdout).toMatch(`\n  ${name} `);
    expect(stdout).toContain('RUNPOD_API_KEY');
    expect([exit, stderr]).toEqual([0, '']);
  });

  it.each([
    ['start', 'PORT'],
    ['doctor', 'UPSTREAM'],
    ['compare', '--threshold'],
    ['record', 'folder'],
    ['schema', '--subgraph'],
  ])('explains %s with --help, and does nothing else', async (name, explained) => {
    const { exit, stdout, stderr } = await run(name, '--help');
    expect(stdout).toMatch(new RegExp(`^gpu-availability-gateway ${name}`));
    expect(stdout).toContain(explained);
    expect([exit, stderr]).toEqual([0, '']);
  });

  it('prints its version with --version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await run('--version')).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [['--bogus'], '--bogus', 'start --help'],
    [['strat'], '"strat" is not a command. The commands are start, doctor,', '--help'],
    [['start', 'now'], 'now', 'start --help'],
    [['doctor', '--bogus'], '--bogus', 'doctor --help'],
    [['compare', '--count'], '--count', 'compare --help'],
    [['compare', 'rest'], 'rest', 'compare --help'],
    [['record', 'one', 'two'], '"two"', 'record --help'],
    [['schema', '--subgraph=yes'], '--subgraph', 'schema --help'],
  ])('refuses %j with exit code 2, and names the command that prints help', async (args, named, help) => {
    const { exit, stdout, stderr } = await run(...args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining(named),
      `For help, run: gpu-availability-gateway ${help}`,
      '',
    ]);
  });
});
