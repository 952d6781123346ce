import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readText, resources } from '../support/deployed.ts';
import { findResource, parseManifest, problemsOf } from '../support/kubernetes.ts';

const CHART = 'deploy/helm/gpu-availability-gateway';

/** Whether Helm and kubectl are installed. Without them these tests are skipped with a message, or fail if `CI` is set. */
const HAS_HELM =
  spawnSync('helm', ['version']).status === 0 && spawnSync('kubectl', ['version', '--client']).status === 0;
const NO_HELM =
  'helm and kubectl are not both installed, so the chart is not tested. .ci/run shows how to install them.';
if (!HAS_HELM && process.env['CI'] !== undefined) throw new Error(NO_HELM);
if (!HAS_HELM) process.stderr.write(`\n!! ${NO_HELM}\n\n`);

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-chart-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command of Helm on the chart with these values. Returns what Helm prints. */
async function helm(command: readonly string[], values: object = {}): Promise<string> {
  const file = join(folder, 'values.yaml');
  await writeFile(file, stringify(values));
  return (await run('helm', [...command, CHART, '--values', file])).stdout;
}

/** Renders the chart as a release named `gateway`. */
const render = async (values: object) => parseManifest(await helm(['template', 'gateway'], values));

const DIGEST = `sha256:${'a1'.repeat(32)}`;

/** Values of the chart that operators may set, by a description of their effect. */
const VARIANTS: Record<string, object> = {
  'a registry and a digest': {
    image: { repository: 'registry.example.com/team/gateway', tag: '1.2.3', digest: DIGEST },
    imagePullSecrets: ['registry'],
  },
  'no keys': { keysSecret: '' },
  'large numbers, booleans and tracing as settings': {
    settings: {
      MAX_ANSWER_BYTES: 90_000_000,
      INTROSPECTION: false,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.tracing:4318',
    },
  },
  'a fixed number of gateways': { autoscaling: { enabled: false, minReplicas: 1 } },
  'another Redis': { redis: { enabled: false, url: 'rediss://:$(REDIS_PASSWORD)@redis.example.com:6380/1' } },
  'another Redis without a password': { redis: { enabled: false, url: 'redis://redis.example.com/1' } },
  'no Redis': { redis: { enabled: false } },
  'no network policies': { networkPolicy: { enabled: false } },
  'narrow network policies': {
    networkPolicy: {
      from: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }],
      egress: [{ to: [{ ipBlock: { cidr: '10.1.2.3/32' } }], ports: [{ protocol: 'TCP', port: 3128 }] }],
    },
  },
};

describe.skipIf(!HAS_HELM)('the chart', () => {
  it('passes the strict lint of Helm', async () => {
    expect(await helm(['lint', '--strict'])).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('renders exactly deploy/kubernetes/gateway.yaml from its default values (`vitest -u` updates this file)', async () => {
    const text = await helm(['template', 'gateway']);
    await expect(text).toMatchFileSnapshot('../../deploy/kubernetes/gateway.yaml');
  });

  it('has all its resources in the kustomization of deploy/kubernetes, which sets the name and the tag of the image', async () => {
    const { images } = parse(readText('deploy/kubernetes/kustomization.yaml'));
    const built = parseManifest((await run('kubectl', ['kustomize', 'deploy/kubernetes'])).stdout);
    const namesOf = (all: typeof resources) => all.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
    expect(namesOf(built)).toEqual(namesOf(resources));
    const [container] = findResource(built, 'Deployment', 'gateway').spec.template.spec.containers;
    expect(container.image).toBe(`${images[0].newName}:${images[0].newTag}`);
  });

  it.each(Object.entries(VARIANTS))('renders valid resources with %s', async (_what, values) => {
    const rendered = await render(values);
    expect(rendered.flatMap(problemsOf)).toEqual([]);
    expect(rendered.length).toBeGreaterThan(3);
  });

  it('passes on the image and its digest', async () => {
    const { spec } = findResource(await render(VARIANTS['a registry and a digest'] ?? {}), 'Deployment', 'gateway');
    expect(spec.template.spec.containers[0].image).toBe(`registry.example.com/team/gateway:1.2.3@${DIGEST}`);
    expect(spec.template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  it('writes settings as the gateway reads them, and opens the port of the collector', async () => {
    const rendered = await render(VARIANTS['large numbers, booleans and tracing as settings'] ?? {});
    const [{ env }] = findResource(rendered, 'Deployment', 'gateway').spec.template.spec.containers;
    expect(env).toContainEqual({ name: 'MAX_ANSWER_BYTES', value: '90000000' });
    expect(env).toContainEqual({ name: 'INTROSPECTION', value: 'false' });
    const { egress } = findResource(rendered, 'NetworkPolicy', 'gateway').spec;
    expect(egress).toContainEqual({ ports: [{ protocol: 'TCP', port: 4318 }] });
  });

  it('has a number of replicas only without autoscaling', async () => {
    const fixed = await render(VARIANTS['a fixed number of gateways'] ?? {});
    expect(findResource(fixed, 'Deployment', 'gateway').spec.replicas).toBe(1);
    expect(fixed.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
    expect(findResource(resources, 'Deployment', 'gateway').spec).not.toHaveProperty('replicas');
  });

  it('can use another Redis, or none', async () => {
    const other = await render(VARIANTS['another Redis'] ?? {});
    const [{ env }] = findResource(other, 'Deployment', 'gateway').spec.template.spec.containers;
    const url = { name: 'REDIS_URL', value: 'rediss://:$(REDIS_PASSWORD)@redis.example.com:6380/1' };
    expect(env.slice(0, 2)).toEqual([expect.objectContaining({ name: 'REDIS_PASSWORD' }), url]);
    const { egress } = findResource(other, 'NetworkPolicy', 'gateway').spec;
    expect(egress).toContainEqual({ ports: [{ protocol: 'TCP', port: 6380 }] });
    const open = await render(VARIANTS['another Redis without a password'] ?? {});
    expect(findResource(open, 'Deployment', 'gateway').spec.template.spec.containers[0].env[0]).toEqual({
      name: 'REDIS_URL',
      value: 'redis://redis.example.com/1',
    });
    expect(JSON.stringify(open)).not.toContain('REDIS_PASSWORD');
    const none = await render(VARIANTS['no Redis'] ?? {});
    for (const rendered of [other, none]) expect(JSON.stringify(rendered)).not.toContain('gateway-redis');
    expect(JSON.stringify(none)).not.toContain('REDIS');
  });

  it('can leave out the network policies, or narrow them', async () => {
    const without = await render(VARIANTS['no network policies'] ?? {});
    expect(without.map(({ kind }) => kind)).not.toContain('NetworkPolicy');
    const narrow = VARIANTS['narrow network policies'] as {
      networkPolicy: { from: readonly object[]; egress: readonly object[] };
    };
    const { ingress, egress } = findResource(await render(narrow), 'NetworkPolicy', 'gateway').spec;
    expect(ingress[0].from).toEqual(narrow.networkPolicy.from);
    expect(egress.at(-1)).toEqual(narrow.networkPolicy.egress[0]);
  });

  it.each([
    ['a key among the settings', { settings: { RUNPOD_API_KEY: 'key' } }, 'RUNPOD_API_KEY'],
    ['a misspelled value', { keySecret: 'gateway-keys' }, 'keySecret'],
    ['a setting that is an object', { settings: { LOG_LEVEL: { debug: true } } }, 'LOG_LEVEL'],
    ['a digest of the wrong length', { image: { digest: 'sha256:abc' } }, 'digest'],
    [
      'the headers for the collector of traces among the settings',
      { settings: { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=key' } },
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    ],
    ['a password in a URL', { redis: { enabled: false, url: 'redis://:hunter2@redis' } }, 'url'],
    ['a password in the query of a URL', { redis: { enabled: false, url: 'redis://redis?password=hunter2' } }, 'url'],
    ['a URL that is not of Redis', { redis: { enabled: false, url: 'http://redis' } }, 'url'],
  ])('refuses %s', async (_what, values, message) => {
    await expect(helm(['template', 'gateway'], values)).rejects.toThrow(message);
  });

  it('says after the installation which secrets it needs', async () => {
    const notes = async (values?: object) => helm(['install', '--dry-run=client', 'gateway'], values);
    const usual = await notes();
    expect(usual).toContain('kubectl create secret generic gateway-keys');
    expect(usual).toContain('kubectl create secret generic redis-password');
    for (const redis of ['no Redis', 'another Redis without a password']) {
      expect(await notes({ ...VARIANTS['no keys'], ...VARIANTS[redis] })).not.toContain('kubectl create secret');
    }
  });

  it('has a schema with every value, and explains every value', () => {
    const values: Record<string, unknown> = parse(readText(`${CHART}/values.yaml`));
    const { properties } = JSON.parse(readText(`${CHART}/values.schema.json`));
    const { global, ...own } = properties;
    expect(global).toBeDefined();
    expect(Object.keys(own)).toEqual(Object.keys(values));
    for (const [name, value] of Object.entries(values)) {
      expect(own[name].description, name).toMatch(/\.$/);
      if (own[name].required === undefined) continue;
      expect(own[name].required, name).toEqual(Object.keys(value as object));
      for (const [inner, schema] of Object.entries<{ description?: string }>(own[name].properties)) {
        expect(schema.description, `${name}.${inner}`).toMatch(/\.$/);
      }
    }
  });
});
