import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'licences-'));
  await mkdir(join(folder, 'board'));
  await writeFile(
    join(folder, 'board/licences.json'),
    '[{ "name": "shown", "version": "2.0.0", "identifier": "ISC" }]',
  );
});
afterEach(() => rm(folder, { recursive: true }));

/**
 * Runs `npm run licences` on a fake build. Its programs contain the package `bundled` with the licence `identifier`. Its web page contains
 * the package `shown`.
 */
async function check(identifier?: string) {
  const bundled = { name: 'bundled', version: '1.0.0', identifier, text: 'Copyright (c) the authors' };
  await writeFile(join(folder, 'licences.json'), JSON.stringify([bundled]));
  return promisify(execFile)('node_modules/.bin/tsx', ['licences.ts', folder]);
}

describe('npm run licences', () => {
  it('lists the packages that the programs and the board contain', async () => {
    expect(await check('MIT')).toEqual({ stdout: 'bundled 1.0.0, MIT\nshown 2.0.0, ISC\n', stderr: '' });
  });

  it('writes the file with the notices', async () => {
    await check('MIT');
    const notices = await readFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(notices).toContain('bundled 1.0.0, MIT\n\nCopyright (c) the authors\n');
    expect(notices).toContain('shown 2.0.0, ISC\n\nThe package has no licence file.\n');
  });

  it('writes a bill of materials', async () => {
    await check('MIT');
    const { components } = JSON.parse(await readFile(join(folder, 'sbom.cdx.json'), 'utf8'));
    expect(components).toEqual([
      expect.objectContaining({ purl: 'pkg:npm/bundled@1.0.0', licenses: [{ expression: 'MIT' }] }),
      expect.objectContaining({ purl: 'pkg:npm/shown@2.0.0', licenses: [{ expression: 'ISC' }] }),
    ]);
  });

  it.each(['(GPL-3.0-only OR MIT)', 'MIT AND BSD-3-Clause'])('accepts %s', async (identifier) => {
    expect((await check(identifier)).stderr).toBe('');
  });

  it.each([
    ['Elastic-2.0', 'Elastic-2.0'],
    ['MIT AND GPL-3.0-only', 'MIT AND GPL-3.0-only'],
    ['SEE LICENSE IN terms.txt', 'SEE LICENSE IN terms.txt'],
    ['a package without a licence', undefined],
  ])('fails on %s', async (_what, identifier) => {
    const stderr = expect.stringContaining(`may not be shipped:\n  bundled 1.0.0, ${identifier ?? 'no licence'}\n`);
    await expect(check(identifier)).rejects.toMatchObject({ code: 1, stderr });
  });
});
