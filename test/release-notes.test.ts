import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { releaseNotes } from '../release-notes.ts';

const CHART = 'deploy/helm/gpu-availability-gateway/Chart.yaml';
const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.3] - 2026-11-29

### Added

- A new thing

## [1.2.2] - 2026-11-01

- An old thing
`;

/** Returns the release notes about `version`. `programs` is the version in package.json, and `chart` is the version in the chart. */
function notesOf(version: string, { programs = version, chart = version } = {}) {
  const files: Record<string, string> = {
    'CHANGELOG.md': CHANGELOG,
    'package.json': JSON.stringify({ name: 'gateway', version: programs, type: 'module' }, null, 2),
    [CHART]: `name: gateway\nversion: ${chart}\nappVersion: ${chart}\n`,
  };
  return releaseNotes(version, (file) => files[file] ?? '');
}

const run = (tag: string) => promisify(execFile)('node_modules/.bin/tsx', ['release-notes.ts', tag]);

describe('the notes about a release', () => {
  it('are the section of CHANGELOG.md about the version', () => {
    expect(notesOf('1.2.3')).toBe('### Added\n\n- A new thing');
    expect(notesOf('1.2.2')).toBe('- An old thing');
  });

  it.each([
    [
      'package.json has another version',
      '1.2.3',
      { programs: '1.2.4' },
      'package.json has another version than "1.2.3"',
    ],
    ['the chart has another version', '1.2.3', { chart: '1.2.2' }, `${CHART} has another version than "1.2.3"`],
    ['the version has no section', '1.3.0', {}, 'CHANGELOG.md has no notes under the heading [1.3.0]'],
    ['the section is empty', 'Unreleased', {}, 'CHANGELOG.md has no notes under the heading [Unreleased]'],
  ])('do not exist if %s', (_why, version, versions, message) => {
    expect(() => notesOf(version, versions)).toThrow(message);
  });

  it('are printed for the version in package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect((await run(`v${version}`)).stdout).toMatch(/^### Added$/m);
  });

  it('are refused for another version', async () => {
    await expect(run('v0.0.1')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('has another version'),
    });
  });
});
