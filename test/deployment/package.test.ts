import { type ExecFileOptions, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { publint } from 'publint';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../support/installed-runtimes.ts';
import { killAll, start } from '../support/start.ts';

const NAME = 'gpu-availability-gateway';

/** The maximum time that the installation and the start take together, up to the first answer, in milliseconds. */
const MOST_MS = 10_000;

/** The maximum size of the unpacked package, in bytes. */
const MOST_BYTES = 25_000_000;

/** The maximum number of packages that npm may install for the gateway. */
const MOST_PACKAGES = 60;

/** The entries of the project's folder that a fresh clone does not have. */
const NOT_IN_CLONE = new Set(['.build-test', '.git', '.stryker-tmp', 'coverage', 'dist', 'node_modules', 'reports']);

/** The scripts that npm runs when it installs a package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

let root = '';
let project = '';
let tarball = '';
let empty = '';
let installed = '';
let installationMs = 0;

/** The environment in which npm and the installed program run on the same Node as this test. */
const ENV = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };

/** Runs a command, and resolves with its output. */
const run = (command: string, args: readonly string[], options: ExecFileOptions = {}) =>
  promisify(execFile)(command, args, { env: ENV, ...options, encoding: 'utf8' });

/**
 * Copies the project without its build output, packs the copy, and installs the package into an empty folder. The installation must not use
 * the network, so the test also packs `graphql`, a peer dependency of the package.
 */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'package-'));
  project = join(root, 'project');
  await cp('.', project, { recursive: true, filter: (source) => !NOT_IN_CLONE.has(basename(source)) });
  await symlink(resolve('node_modules'), join(project, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', root], { cwd: project });
  await run('npm', ['pack', '--pack-destination', root, resolve('node_modules/graphql')], { cwd: root });
  const tarballs = (await readdir(root)).filter((file) => file.endsWith('.tgz')).map((file) => join(root, file));
  tarball = tarballs.find((file) => basename(file).startsWith(NAME)) ?? '';
  empty = join(root, 'empty');
  await mkdir(empty);
  const startedAt = performance.now();
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], { cwd: empty });
  installationMs = performance.now() - startedAt;
  installed = join(empty, 'node_modules', NAME);
}, 300_000);
afterEach(killAll);
afterAll(() => rm(root, { recursive: true }));

const readJson = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

/** Prints a measured value, so that the log of a test run contains it. */
const print = (text: string) => console.info(`The package on Node ${process.versions.node}: ${text}`);

const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Starts the installed gateway with a command in the folder of the installation, sends it a query, and stops it after `use`. */
async function withInstalled(command: string, use: (url: string) => Promise<void>): Promise<void> {
  const inFolder = `cd '${empty}' && exec ${command}`;
  const { ready, exit, lines } = start({ UPSTREAM: 'recorded', PATH: ENV.PATH }, ['sh', '-c', inFolder]);
  const url = await ready;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ gpuAvailability(region: EUROPE, gpuType: \\"RTX 4090\\") { totalCount } }"}',
  });
  expect(await answer.json()).toEqual({ data: { gpuAvailability: { totalCount: 5 } } });
  await use(url);
  // Sends SIGTERM to the gateway itself, because npx would not pass the signal on.
  process.kill(JSON.parse(lines[0] ?? '').pid, 'SIGTERM');
  expect(await exit).toBe(0);
}

describe('the packed package', () => {
  it('is installed in an empty folder and gives its first answer within 10 s in total', async () => {
    const startedAt = performance.now();
    await withInstalled(`npx --no-install ${NAME}`, async (url) => {
      const answeredMs = performance.now() - startedAt;
      print(`installed in ${inSeconds(installationMs)}, first answer ${inSeconds(answeredMs)} after the start of npx`);
      expect(installationMs + answeredMs).toBeLessThan(MOST_MS);
      const metrics = await (await fetch(new URL('/metrics', url))).text();
      expect(metrics).toContain(`node_version="${process.versions.node}"`);
      const board = await fetch(new URL('/', url));
      const [script = ''] = /\/assets\/[^"]+\.js/.exec(await board.text()) ?? [];
      expect((await fetch(new URL(script, url))).status).toBe(200);
    });
  });

  describe.each([
    ['bun', `bunx --bun ${NAME}`],
    ['deno', `deno run --allow-all npm:${NAME}`],
  ])('where it is installed', (runtime, command) => {
    it.skipIf(!isInstalled(runtime))(`is started by ${command}`, () => withInstalled(command, async () => {}));
  });

  it('is small, needs few packages, and has no install script', async () => {
    const files = await readdir(installed, { recursive: true });
    const sizes = await Promise.all(files.map(async (file) => stat(join(installed, file))));
    const bytes = sizes.reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
    const { packages } = await readJson(join(empty, 'node_modules/.package-lock.json'));
    const count = Object.keys(packages).length;
    print(`${(bytes / 1e6).toFixed(1)} MB unpacked, ${count} packages installed`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(count).toBeLessThanOrEqual(MOST_PACKAGES);
    const { scripts } = await readJson(join(installed, 'package.json'));
    expect(INSTALL_SCRIPTS.filter((name) => name in scripts)).toEqual([]);
  });

  it('contains everything that the programs need, and nothing else', async () => {
    const entries = await readdir(installed);
    expect(entries.toSorted()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'fixtures', 'operations', 'package.json', 'schema'].toSorted(),
    );
    expect(await readdir(join(installed, 'dist'))).not.toContain('bench');
    const bin = [process.execPath, join(installed, 'dist/cli.js')] as const;
    const schema = await run(bin[0], [bin[1], 'schema', '--subgraph']);
    expect(schema.stdout).toContain('@link(url: "https://specs.apollo.dev/federation/v2.9"');
    const doctor = await run(bin[0], [bin[1], 'doctor'], { env: { ...ENV, UPSTREAM: 'recorded' } });
    expect(doctor.stdout).toContain('the embedded recording');
    // The package's own folder is no place for recordings. The next installation would remove them.
    await expect(run(bin[0], [bin[1], 'record'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Name the folder for the recording,/),
    });
  });

  it('is accepted by publint', async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('has types that TypeScript finds, according to @arethetypeswrong/core', async () => {
    const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
    if (checked.types === false) throw new Error('the package has no types');
    expect(Object.keys(checked.entrypoints)).toEqual(['.', './subgraph', './package.json']);
    // Two kinds of problems are expected. The package has ES modules only, but all versions of Node that it supports can also load them
    // with `require`. The module resolution of Node 10 does not support `exports`.
    const problems = checked.problems.filter(
      (problem) =>
        problem.kind !== 'CJSResolvesToESM' && !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
    );
    expect(problems).toEqual([]);
  });

  it('lists the packages that it contains in a valid bill of materials, and has their notices', async () => {
    const text = await readFile(join(installed, 'dist/sbom.cdx.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const { components, metadata } = JSON.parse(text);
    expect(metadata.component.name).toBe(NAME);
    const { version } = await readJson('node_modules/graphql-yoga/package.json');
    const purls: readonly string[] = components.map(({ purl }: { readonly purl: string }) => purl);
    expect(purls).toContain(`pkg:npm/graphql-yoga@${version}`);
    expect(purls).toContainEqual(expect.stringMatching('^pkg:npm/%40preact/signals@'));
    const notices = await readFile(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(notices.match(/^graphql-yoga \d/gm)).toHaveLength(1);
  });
});

describe('npm start in a clone', () => {
  const script = () => run(process.execPath, ['build-if-stale.js'], { cwd: project });
  const builtAt = async () => (await stat(join(project, 'dist/cli.js'))).mtimeMs;

  it('builds only when a source is newer than the build, or was removed', async () => {
    const first = await builtAt();
    await script();
    expect(await builtAt()).toBe(first);
    await utimes(join(project, 'src/domain/clock.ts'), new Date(), new Date());
    await script();
    const second = await builtAt();
    expect(second).toBeGreaterThan(first);
    await rm(join(project, 'src/cli/doctor/report.ts'));
    await expect(script()).rejects.toThrow('report.ts');
  });

  it('builds nothing where there are no sources', async () => {
    expect(existsSync(join(installed, 'src'))).toBe(false);
    const { ready, gateway, exit } = start({ UPSTREAM: 'recorded' }, [
      'sh',
      '-c',
      `cd '${installed}' && exec npm start`,
    ]);
    expect(await ready).toMatch(/^http:/);
    gateway.kill('SIGTERM');
    expect(await exit).toBe(0);
  });
});
