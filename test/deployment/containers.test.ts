import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { DCLinter } from 'dclint';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { compose, kubernetesSettings, readText, STOP_SECONDS } from '../support/deployed.ts';
import { commandOf, copiesOf, readStages, type Stage } from '../support/dockerfile.ts';
import { killAll, start } from '../support/start.ts';

/** Variables that are not settings of the gateway: one is for Node, and the other is a part of the URL of Redis. */
const NOT_IN_README = new Set(['NODE_ENV', 'REDIS_PASSWORD']);

const stages = readStages();
const image = stages.at(-1) as Stage;

/** Parses lines of the form NAME=value. */
const toSettings = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
const settings = {
  image: toSettings(
    image.instructions.filter(({ name }) => name === 'ENV').flatMap(({ rest }) => rest.split(/\s+(?=\w+=)/)),
  ),
  compose: compose.services.gateway.environment as Record<string, string>,
  kubernetes: kubernetesSettings(),
  'gateway.env.example': toSettings(
    readText('deploy/gateway.env.example')
      .split('\n')
      .filter((line) => /^\w/.test(line)),
  ),
};

/** The folders that the current test has created. */
const folders: string[] = [];
afterEach(async () => {
  killAll();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Creates a folder with the files that a build stage of the image copies from the project and from earlier stages. */
async function layOut(stage: Stage, earlier: ReadonlyMap<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-image-'));
  folders.push(folder);
  for (const { from, sources, target } of copiesOf(stage)) {
    for (const source of sources) {
      const destination = join(folder, target.endsWith('/') ? source : target);
      if (from === null) await cp(source, destination, { recursive: true });
      // Each file of an earlier stage is copied only once, so the test can move it instead.
      else await rename(join(earlier.get(from) ?? '', source.replace('/gateway/', '')), destination);
    }
  }
  return folder;
}

/** The compressed size of the base image for amd64, as Docker's official images list it. For arm64 it is 80,685,085 bytes. */
const BASE_BYTES = 80_815_687;

/** Options with which Node allows the gateway to read all files, but to write none. */
const READ_ONLY = [
  Number.parseInt(process.versions.node, 10) < 22 ? '--experimental-permission' : '--permission',
  '--allow-fs-read=*',
  ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
];

const run = (folder: string, command: string) => promisify(execFile)('sh', ['-c', command], { cwd: folder });

describe('the image', () => {
  it('starts and answers without node_modules, with only the files that are copied into it, and writes none', async () => {
    const [build] = stages as readonly [Stage];
    const built = await layOut(build, new Map());
    // Links the installed packages, in place of the first RUN instruction, which would install them.
    await symlink(join(process.cwd(), 'node_modules'), join(built, 'node_modules'));
    await run(built, build.instructions.findLast(({ name }) => name === 'RUN')?.rest ?? '');
    const folder = await layOut(image, new Map([['build', built]]));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => basename(file) === 'node_modules')).toEqual([]);
    expect(readText(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'))).toMatch(/^graphql-yoga \d/m);
    // Imports the files that main.js imports only on demand, because starting the gateway does not load them.
    const lazy = readText(join(folder, 'dist/main.js')).match(/(?<=import\(")[^"]+/g) ?? [];
    expect(lazy).toEqual(expect.arrayContaining(['./redis-fleet.js', './opentelemetry.js']));
    for (const file of lazy) await run(join(folder, 'dist'), `'${process.execPath}' -e "import('${file}')"`);

    const { stdout: layers } = await run(folder, 'tar -c . | gzip | wc -c');
    expect(BASE_BYTES + Number(layers)).toBeLessThan(90_000_000);

    const [, ...args] = commandOf(image, 'CMD');
    const { ready, gateway, exit, lines } = start({ ...settings.image, UPSTREAM: 'recorded' }, [
      'sh',
      '-c',
      'cd "$0" && exec "$@"',
      folder,
      process.execPath,
      ...READ_ONLY,
      ...args,
    ]);
    const url = new URL((await ready).replace('0.0.0.0', '127.0.0.1'));
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ gpuAvailability(gpuType: \\"RTX 4090\\") { totalCount } }"}',
    });
    expect((await answer.json()).data.gpuAvailability.totalCount).toBeGreaterThan(0);
    const board = await fetch(new URL('/', url));
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await board.text()) ?? [];
    expect((await fetch(new URL(script, url))).status).toBe(200);

    const [, ...check] = commandOf(image, 'HEALTHCHECK');
    const checkHealth = (port: string) =>
      promisify(execFile)(process.execPath, check, { env: { ...process.env, PORT: port } });
    await checkHealth(url.port);
    gateway.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(lines.join()).not.toContain('ERR_ACCESS_DENIED');
    await expect(checkHealth(url.port)).rejects.toMatchObject({ code: 1 });
  }, 120_000);

  it('is built from files that exist, and .dockerignore excludes all other files', () => {
    const copied = stages.flatMap((stage) => copiesOf(stage).filter(({ from }) => from === null));
    const sources = [...new Set(copied.flatMap((copy) => copy.sources))].toSorted();
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
    const lines = readText('.dockerignore').trim().split('\n');
    expect(lines.filter((line) => !/^[!#]/.test(line))).toEqual(['*']);
    expect(lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))).toEqual(sources);
  });

  it('runs one pinned version of Node that the gateway supports, but not as root', () => {
    const { engines } = JSON.parse(readText('package.json'));
    const [base = '', ...others] = new Set(stages.map((stage) => stage.image));
    expect(others).toEqual([]);
    const [, major] = /^node:(\d+)\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/.exec(base) ?? [];
    const supports = (range: string) => {
      const [, operator, oldest] = /^(\^|>=)(\d+)/.exec(range) ?? [];
      return operator === '^' ? Number(major) === Number(oldest) : Number(major) >= Number(oldest);
    };
    expect(engines.node.split(' || ').some(supports)).toBe(true);
    expect(Number(image.instructions.find(({ name }) => name === 'USER')?.rest)).toBeGreaterThan(0);
  });
});

describe('settings', () => {
  it.each(Object.entries(settings))('of %s are known to the gateway and valid', (_place, env) => {
    const known = [...readText('README.md').matchAll(/^\| (`[A-Z_]+`.*?) \|/gm)].join(' ');
    const unknown = Object.keys(env).filter((name) => !known.includes(`\`${name}\``));
    expect(unknown.filter((name) => !NOT_IN_README.has(name))).toEqual([]);
    expect(() => loadConfig(env)).not.toThrow();
  });

  it('contain no API key', () => {
    for (const env of Object.values(settings)) {
      expect(env).not.toMatchObject({ RUNPOD_API_KEY: expect.stringMatching(/./) });
      expect(env).not.toMatchObject({ CLIENT_API_KEYS: expect.stringMatching(/./) });
    }
  });
});

describe('deploy/compose.yaml', () => {
  it('is valid', () => {
    // Turns off the rule against `build` together with `image`, which is only about style.
    const rules = { 'no-build-and-image': 0 } as const;
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    // The type of the results is written out, because TypeScript does not find the linter's own types with Node's module resolution.
    const results: readonly { readonly messages: readonly { readonly type: string }[] }[] = linter.lintFiles(
      ['deploy/compose.yaml'],
      false,
    );
    expect(results.flatMap(({ messages }) => messages.filter(({ type }) => type === 'error'))).toEqual([]);
    expect(results).toHaveLength(1);
  });

  it('runs all containers with a read-only file system and without privileges', () => {
    for (const service of Object.values(compose.services)) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('pins the version of each image', () => {
    for (const { image: name } of Object.values<{ image: string }>(compose.services)) {
      expect(name).toMatch(/^[-a-z]+:\d+\.\d+\.\d+(-alpine)?(@sha256:[0-9a-f]{64})?$/);
    }
  });

  it('trusts the address of the proxy and gives that address to no other service', () => {
    const { gateway, proxy } = compose.services;
    expect(gateway.environment.TRUST_PROXY).toBe(proxy.networks.default.ipv4_address);
    const [{ subnet, ip_range: range }] = compose.networks.default.ipam.config;
    expect(subnet).toBe('172.30.86.0/24');
    expect(range).toBe('172.30.86.128/25');
    expect(Number(proxy.networks.default.ipv4_address.split('.')[3])).toBeLessThan(128);
  });

  it('waits longer for the end of a gateway than the gateway needs to stop', () => {
    expect(Number.parseInt(compose.services.gateway.stop_grace_period, 10)).toBeGreaterThan(STOP_SECONDS);
  });

  it('has a proxy that connects to the gateways on their port and does not buffer streams', () => {
    const proxy = readText('deploy/nginx.conf');
    expect(proxy).toContain(`server gateway:${loadConfig({}).port} resolve`);
    expect(proxy).toContain('proxy_buffering off;');
    const [, listens] = /listen (\d+);/.exec(proxy) ?? [];
    expect(compose.services.proxy.ports[0]).toMatch(new RegExp(`:${listens}$`));
  });
});
