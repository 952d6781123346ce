import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { DCLinter } from 'dclint';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { commandOf, copiesOf, readStages, type Stage } from '../support/dockerfile.ts';
import { createGateway } from '../support/gateway.ts';
import { problemsOf, type Resource } from '../support/kubernetes.ts';
import { findFreePort, HAS_REDIS } from '../support/redis.ts';
import { killAll, start } from '../support/start.ts';

/** The maximum time from the stop signal to the end of the gateway, in seconds, as README.md and docs/operations.md state it. */
const STOP_SECONDS = 10;

/** Variables that are not settings of the gateway: one is for Node, and the other is a part of the URL of Redis. */
const NOT_IN_README = new Set(['NODE_ENV', 'REDIS_PASSWORD']);

const REDIS_PASSWORD = 'f00dfeed';

const read = (file: string) => readFileSync(file, 'utf8');
/** The content of compose.yaml. The test inserts the password of Redis, as Compose does. */
const compose = parse(read('deploy/compose.yaml').replace(/\$\{REDIS_PASSWORD:\?[^}]*\}/g, REDIS_PASSWORD));
const kustomization = parse(read('deploy/kubernetes/kustomization.yaml'));
const resources = (kustomization.resources as readonly string[]).flatMap((file) =>
  parseAllDocuments(read(`deploy/kubernetes/${file}`)).map((document) => document.toJS() as Resource),
);
const find = (kind: string, name = 'gateway') => {
  // oxlint-disable typescript/no-explicit-any
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape its resource has
  const found = (resources as readonly any[]).find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
  return found;
};
const pod = find('Deployment').spec.template.spec;
const [container] = pod.containers;
/** Returns the URL of Redis in the manifest. The test inserts the password, as Kubernetes does. */
function urlOfRedis(): string {
  // oxlint-disable-next-line typescript/no-explicit-any
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape its resource has
  const { value } = (container.env as readonly any[]).find(({ name }) => name === 'REDIS_URL');
  return value.replace('$(REDIS_PASSWORD)', REDIS_PASSWORD);
}
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
  kubernetes: { ...toSettings(kustomization.configMapGenerator[0].literals), REDIS_URL: urlOfRedis() },
  'gateway.env.example': toSettings(
    read('deploy/gateway.env.example')
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

/** Creates a folder with the files that a stage copies from the project and from earlier stages. */
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

const run = (folder: string, command: string) => promisify(execFile)('sh', ['-c', command], { cwd: folder });

describe('the image', () => {
  it('starts and answers without node_modules, with only the files that are copied into it', async () => {
    const [build] = stages as readonly [Stage];
    const built = await layOut(build, new Map());
    // This link replaces the first RUN instruction, which would install the packages.
    await symlink(join(process.cwd(), 'node_modules'), join(built, 'node_modules'));
    await run(built, build.instructions.findLast(({ name }) => name === 'RUN')?.rest ?? '');
    const folder = await layOut(image, new Map([['build', built]]));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => basename(file) === 'node_modules')).toEqual([]);
    expect(read(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'))).toMatch(/^graphql-yoga \d/m);
    // The gateway loads these files only when it needs them, so starting the gateway does not test them.
    const lazy = read(join(folder, 'dist/main.js')).match(/(?<=import\(")[^"]+/g) ?? [];
    expect(lazy).toEqual(expect.arrayContaining(['./redis-fleet.js', './opentelemetry.js']));
    for (const file of lazy) await run(join(folder, 'dist'), `'${process.execPath}' -e "import('${file}')"`);

    const [, ...args] = commandOf(image, 'CMD');
    const { ready, gateway, exit } = start({ ...settings.image, UPSTREAM: 'recorded' }, [
      'sh',
      '-c',
      'cd "$0" && exec "$@"',
      folder,
      process.execPath,
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
    await expect(checkHealth(url.port)).rejects.toMatchObject({ code: 1 });
  }, 120_000);

  it('is built from files that exist, and .dockerignore excludes all other files', () => {
    const copied = stages.flatMap((stage) => copiesOf(stage).filter(({ from }) => from === null));
    const sources = [...new Set(copied.flatMap((copy) => copy.sources))].toSorted();
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
    const lines = read('.dockerignore').trim().split('\n');
    expect(lines.filter((line) => !/^[!#]/.test(line))).toEqual(['*']);
    expect(lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))).toEqual(sources);
  });

  it('runs a version of Node that the gateway supports, but not as root', () => {
    const { engines } = JSON.parse(read('package.json'));
    const [major, ...others] = new Set(stages.map((stage) => Number(/^node:(\d+)/.exec(stage.image)?.[1])));
    expect(others).toEqual([]);
    const supports = (range: string) => {
      const [, operator, oldest] = /^(\^|>=)(\d+)/.exec(range) ?? [];
      return operator === '^' ? major === Number(oldest) : Number(major) >= Number(oldest);
    };
    expect(engines.node.split(' || ').some(supports)).toBe(true);
    expect(Number(image.instructions.find(({ name }) => name === 'USER')?.rest)).toBeGreaterThan(0);
  });
});

describe('settings', () => {
  it.each(Object.entries(settings))('of %s are known to the gateway and valid', (_place, env) => {
    const known = [...read('README.md').matchAll(/^\| (`[A-Z_]+`.*?) \|/gm)].join(' ');
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
    // These two rules are only about style, so they are turned off.
    const rules = { 'no-build-and-image': 0, 'service-image-require-explicit-tag': 0 } as const;
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    // The type is written out, because with Node's module resolution TypeScript does not find the linter's own types.
    const results: readonly { readonly messages: readonly { readonly type: string }[] }[] = linter.lintFiles(
      ['deploy/compose.yaml'],
      false,
    );
    expect(results.flatMap(({ messages }) => messages.filter(({ type }) => type === 'error'))).toEqual([]);
    expect(results).toHaveLength(1);
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
    const proxy = read('deploy/nginx.conf');
    expect(proxy).toContain(`server gateway:${loadConfig({}).port} resolve`);
    expect(proxy).toContain('proxy_buffering off;');
    const [, listens] = /listen (\d+);/.exec(proxy) ?? [];
    expect(compose.services.proxy.ports[0]).toMatch(new RegExp(`:${listens}$`));
  });
});

describe.skipIf(!HAS_REDIS)('the deployed Redis', () => {
  const redisContainer = () => find('Deployment', 'redis').spec.template.spec.containers[0];

  it.each([
    // Like Compose, the test replaces two dollar signs with one.
    ['compose.yaml', () => compose.services.redis.command[2].replaceAll('$$', '$')],
    ['kubernetes', () => redisContainer().command[2]],
  ])('of %s requires the password, which does not appear in the list of processes', async (_where, scriptOf) => {
    const port = await findFreePort();
    const script = scriptOf().replace('redis-server -', `redis-server - --port ${port} --bind 127.0.0.1`);
    const server = spawn('sh', ['-c', script], { env: { ...process.env, REDISCLI_AUTH: REDIS_PASSWORD } });
    try {
      for await (const line of createInterface(server.stdout)) if (line.includes('Ready to accept')) break;
      const ping = async (auth: string) => {
        const env = { ...process.env, REDISCLI_AUTH: auth };
        return (await promisify(execFile)('redis-cli', ['-p', String(port), 'ping'], { env })).stdout;
      };
      expect(await ping(REDIS_PASSWORD)).toBe('PONG\n');
      expect(await ping('')).toContain('NOAUTH');
      expect(read(`/proc/${server.pid}/cmdline`)).not.toContain(REDIS_PASSWORD);
    } finally {
      server.kill('SIGKILL');
    }
  });

  it('has the same password as the gateways, and the manifests do not contain that password', () => {
    const text = read('deploy/compose.yaml');
    expect(text.match(/\$\{REDIS_PASSWORD:\?/g)).toHaveLength(2);
    const fromSecret = { secretKeyRef: { name: 'redis-password', key: 'REDIS_PASSWORD' } };
    expect(redisContainer().env).toEqual([{ name: 'REDISCLI_AUTH', valueFrom: fromSecret }]);
    expect(container.env[0]).toEqual({ name: 'REDIS_PASSWORD', valueFrom: fromSecret });
    for (const place of ['compose', 'kubernetes'] as const) {
      expect(new URL(settings[place]['REDIS_URL'] ?? '').password).toBe(REDIS_PASSWORD);
    }
  });

  it('accepts connections only from gateways', () => {
    const { podSelector, policyTypes, ingress, egress } = find('NetworkPolicy', 'redis').spec;
    expect(find('Deployment', 'redis').spec.template.metadata.labels).toMatchObject(podSelector.matchLabels);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress).toEqual([]);
    const { labels } = find('Deployment').spec.template.metadata;
    const gateways = { matchLabels: { 'app.kubernetes.io/name': labels['app.kubernetes.io/name'] } };
    const { name } = redisContainer().ports[0];
    expect(ingress).toEqual([{ from: [{ podSelector: gateways }], ports: [{ protocol: 'TCP', port: name }] }]);
    const inNetwork = Object.entries<{ networks?: object }>(compose.services).filter(([, { networks }]) =>
      Array.isArray(networks) ? networks.includes('shared') : false,
    );
    expect(inNetwork.map(([service]) => service)).toEqual(['gateway', 'redis']);
    expect(compose.services.redis.networks).toEqual(['shared']);
    expect(compose.networks.shared.internal).toBe(true);
  });
});

describe('deploy/kubernetes', () => {
  it.each(resources.map((resource) => [resource.kind, resource] as const))('has a valid %s', (_kind, resource) =>
    expect(problemsOf(resource)).toEqual([]),
  );

  it('would not pass these tests if it contained a name that Kubernetes does not know', () => {
    const { readinessProbe, ...rest } = container;
    const wrong = { ...pod, containers: [{ ...rest, readinesProbe: readinessProbe }] };
    const deployment = find('Deployment');
    const problems = problemsOf({ ...deployment, spec: { ...deployment.spec, template: { spec: wrong } } });
    expect(problems).toEqual(['Deployment.spec.template.spec.containers.0.readinesProbe is unknown']);
  });

  it('probes paths that the gateway serves, on the port where it listens', async () => {
    const { get } = createGateway();
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    for (const { httpGet } of probes) {
      expect((await get(httpGet.path)).status).not.toBe(404);
      expect(httpGet.port).toBe(container.ports[0].name);
    }
    expect(container.ports[0].containerPort).toBe(loadConfig({}).port);
    expect(find('Service').spec.ports[0].targetPort).toBe(container.ports[0].name);
    const { annotations } = find('Deployment').spec.template.metadata;
    expect(annotations['prometheus.io/port']).toBe(String(container.ports[0].containerPort));
    expect((await get(annotations['prometheus.io/path'])).status).toBe(200);
  });

  it('waits longer for the end of a pod than the pause before the signal and the stop of the gateway take together', () => {
    const [, pause] = container.lifecycle.preStop.exec.command;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(STOP_SECONDS + Number(pause));
  });

  it.each(['Service', 'PodDisruptionBudget'])('has a %s that selects the pods of the gateway', (kind) => {
    const { labels } = find('Deployment').spec.template.metadata;
    const { selector } = find(kind).spec;
    expect(labels).toMatchObject(selector.matchLabels ?? selector);
  });

  it('connects to the deployed Redis', () => {
    const { hostname, port } = new URL(settings.kubernetes['REDIS_URL'] ?? '');
    expect(find('Service', 'redis').spec.ports[0].port).toBe(Number(port));
    expect(hostname).toBe('redis');
  });

  it('runs all containers without root and with a read-only file system', () => {
    for (const name of ['gateway', 'redis']) {
      const { spec } = find('Deployment', name).spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    expect(String(pod.securityContext.runAsUser)).toBe(image.instructions.find(({ name }) => name === 'USER')?.rest);
  });
});
