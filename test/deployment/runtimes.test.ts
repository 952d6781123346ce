import { afterEach, describe, expect, it } from 'vitest';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { isInstalled } from '../support/installed-runtimes.ts';
import { killAll, program, start } from '../support/start.ts';
import { inStock } from '../support/stock.ts';
import { TRANSPORTS } from '../support/subscribers.ts';

/** The command lines with which runtimes other than Node run a program. */
const RUNTIMES = [
  ['bun', ['bun']],
  ['deno', ['deno', 'run', '--allow-all']],
] as const;

const QUERY = JSON.stringify({ query: '{ gpuAvailability(region: EUROPE, gpuType: "RTX 4090") { totalCount } }' });

afterEach(killAll);

describe.each(RUNTIMES)('with %s, the gateway', (runtime, command) => {
  const [, ...args] = program('cli');
  const startGateway = (env: Record<string, string>) => start(env, [...command, ...args]);

  describe.skipIf(!isInstalled(runtime))('', () => {
    it('answers queries by POST and GET, refuses an invalid body, and has metrics', async () => {
      const { ready } = startGateway({ UPSTREAM: 'recorded' });
      const url = await ready;
      const post = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY });
      const expected = { data: { gpuAvailability: { totalCount: 5 } } };
      expect(await post.json()).toEqual(expected);
      const get = `${url}?query=${encodeURIComponent(JSON.parse(QUERY).query)}`;
      expect(await (await fetch(get)).json()).toEqual(expected);
      const again = await fetch(get);
      expect([await again.json(), again.headers.get('cache-control')]).toEqual([expected, expect.any(String)]);
      const invalid = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
      expect(invalid.status).toBe(400);
      expect((await fetch(new URL('/ready', url))).status).toBe(200);
      expect(await (await fetch(new URL('/metrics', url))).text()).toContain('gpu_gateway_');
    });

    it.each(['SIGTERM', 'SIGINT'] as const)('completes subscriptions on %s, and exits 0', async (signal) => {
      const { gateway, ready, exit } = startGateway({ UPSTREAM: 'recorded' });
      const url = await ready;
      const subscribers = TRANSPORTS.map(([, subscribe]) => subscribe(url));
      const metrics = async () => (await fetch(new URL('/metrics', url))).text();
      await expect.poll(metrics).toContain(`gpu_gateway_subscriptions ${TRANSPORTS.length}\n`);
      gateway.kill(signal);
      expect(await exit).toBe(0);
      await expect.poll(() => subscribers.map(({ end }) => end())).toEqual(TRANSPORTS.map(() => 'complete'));
    });

    it.each(TRANSPORTS)('sends changes over %s', async (_transport, subscribe) => {
      await using runPod = await startFakeRunPod();
      const { ready } = startGateway({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, FRESH_SECONDS: '1' });
      const subscriber = subscribe(await ready, { gpuType: 'L4' });
      // The stock changes until the gateway has observed two different levels.
      let isHigh = false;
      const changed = () => {
        isHigh = !isHigh;
        runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock(isHigh ? 'High' : 'Low'));
        return subscriber.changes.map(({ after }) => after.dataCenter.id);
      };
      await expect.poll(changed, { interval: 300 }).toContain('EU-RO-1');
      subscriber.leave();
    });
  });
});
