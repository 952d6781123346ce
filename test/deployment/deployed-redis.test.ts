import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compose, containerOf, find, kubernetesSettings, REDIS_PASSWORD, readText } from '../support/deployed.ts';
import { findFreePort, HAS_REDIS } from '../support/redis.ts';

describe.skipIf(!HAS_REDIS)('the deployed Redis', () => {
  it.each([
    // Compose replaces two dollar signs with one, so the test does the same.
    ['compose.yaml', () => compose.services.redis.command[2].replaceAll('$$', '$')],
    ['kubernetes', () => containerOf('gateway-redis').command[2]],
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
      expect(readText(`/proc/${server.pid}/cmdline`)).not.toContain(REDIS_PASSWORD);
    } finally {
      server.kill('SIGKILL');
    }
  });

  it('has the same password as the gateways, and the manifests do not contain that password', () => {
    const text = readText('deploy/compose.yaml');
    expect(text.match(/\$\{REDIS_PASSWORD:\?/g)).toHaveLength(2);
    const fromSecret = { secretKeyRef: { name: 'redis-password', key: 'REDIS_PASSWORD' } };
    expect(containerOf('gateway-redis').env).toEqual([{ name: 'REDISCLI_AUTH', valueFrom: fromSecret }]);
    expect(containerOf().env[0]).toEqual({ name: 'REDIS_PASSWORD', valueFrom: fromSecret });
    for (const { REDIS_URL } of [compose.services.gateway.environment, kubernetesSettings()]) {
      expect(new URL(REDIS_URL ?? '').password).toBe(REDIS_PASSWORD);
    }
  });

  it('accepts connections only from gateways', () => {
    const { podSelector, policyTypes, ingress, egress } = find('NetworkPolicy', 'gateway-redis').spec;
    expect(find('Deployment', 'gateway-redis').spec.template.metadata.labels).toMatchObject(podSelector.matchLabels);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress).toEqual([]);
    const gateways = find('Deployment').spec.selector;
    const { name } = containerOf('gateway-redis').ports[0];
    expect(ingress).toEqual([{ from: [{ podSelector: gateways }], ports: [{ protocol: 'TCP', port: name }] }]);
    const inNetwork = Object.entries<{ networks?: object }>(compose.services).filter(([, { networks }]) =>
      Array.isArray(networks) ? networks.includes('shared') : false,
    );
    expect(inNetwork.map(([service]) => service)).toEqual(['gateway', 'redis']);
    expect(compose.services.redis.networks).toEqual(['shared']);
    expect(compose.networks.shared.internal).toBe(true);
  });
});
