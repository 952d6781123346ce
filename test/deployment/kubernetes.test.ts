import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import {
  compose,
  containerOf,
  find,
  kubernetesSettings,
  readText,
  resources,
  STOP_SECONDS,
} from '../support/deployed.ts';
import { readStages } from '../support/dockerfile.ts';
import { createGateway } from '../support/gateway.ts';
import { problemsOf } from '../support/kubernetes.ts';

const container = containerOf();
const pod = find('Deployment').spec.template.spec;

/** Converts the rules of a NetworkPolicy to pairs: the ports of a rule, and the peers that it allows. */
const rulesOf = (rules: readonly { ports: readonly { port: unknown }[]; to?: unknown; from?: unknown }[]) =>
  rules.map(({ ports, to, from }) => [ports.map(({ port }) => port), to ?? from ?? 'any']);

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

  it('gives a pod more time to stop than the pause before the signal and the shutdown of the gateway take together', () => {
    const [, pause] = container.lifecycle.preStop.exec.command;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(STOP_SECONDS + Number(pause));
  });

  it('lets the gateways receive requests, and connect only to DNS, RunPod and Redis', () => {
    const { podSelector, policyTypes, ingress, egress } = find('NetworkPolicy').spec;
    expect(podSelector).toEqual(find('Deployment').spec.selector);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(rulesOf(ingress)).toEqual([[[container.ports[0].name], 'any']]);
    const redis = { podSelector: find('Deployment', 'gateway-redis').spec.selector };
    const [dns, runPod, ...others] = rulesOf(egress);
    expect(dns).toEqual([[53, 53], 'any']);
    const { url: graphqlUrl, restUrl } = loadConfig({}).upstream;
    for (const url of [graphqlUrl, restUrl]) expect(url.href).toMatch(/^https:\/\/[^:]+\//);
    expect(runPod?.[0]).toEqual([443]);
    expect(others).toEqual([[[6379], [redis]]]);
  });

  it('names the version of the gateway, as the chart and compose.yaml do', () => {
    const { version } = JSON.parse(readText('package.json'));
    const chart = parse(readText('deploy/helm/gpu-availability-gateway/Chart.yaml'));
    expect([chart.version, chart.appVersion]).toEqual([version, version]);
    const image = `gpu-availability-gateway:${version}`;
    expect([container.image, compose.services.gateway.image]).toEqual([image, image]);
    const kustomization = parse(readText('deploy/kubernetes/kustomization.yaml'));
    expect(kustomization.images[0].newTag).toBe(version);
  });

  it.each(['Service', 'PodDisruptionBudget'])('has a %s that selects the pods of the gateway', (kind) => {
    const { labels } = find('Deployment').spec.template.metadata;
    const { selector } = find(kind).spec;
    expect(labels).toMatchObject(selector.matchLabels ?? selector);
  });

  it('connects to the deployed Redis', () => {
    const { hostname, port } = new URL(kubernetesSettings()['REDIS_URL'] ?? '');
    expect(find('Service', hostname).spec.ports[0].port).toBe(Number(port));
  });

  it('runs all containers without root and with a read-only file system', () => {
    for (const name of ['gateway', 'gateway-redis']) {
      const { spec } = find('Deployment', name).spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    const { instructions = [] } = readStages().at(-1) ?? {};
    expect(String(pod.securityContext.runAsUser)).toBe(instructions.find(({ name }) => name === 'USER')?.rest);
  });
});
