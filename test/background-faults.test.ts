import { describe, expect, it } from 'vitest';
import type { Store } from '../src/cache/store.ts';
import { createFleetOfOne } from '../src/fleet/fleet.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { createGateway } from './support/gateway.ts';
import { collectUncaught } from './support/uncaught.ts';

/**
 * Creates a fleet (what the replicas of a gateway share) whose store of cached answers throws while `state.isBroken` is set. This simulates
 * a bug.
 */
function createBrokenFleet() {
  const fleet = createFleetOfOne();
  const state = { isBroken: false };
  const get = <T>(key: string) => {
    if (state.isBroken) throw new TypeError('rows.toSorted is not a function');
    return fleet.store.get<T>(key);
  };
  const store: Store = { ...fleet.store, get };
  return { ...fleet, store, state };
}

async function faultsOf({ get }: ReturnType<typeof createGateway>, work: string): Promise<number> {
  const { body } = await get('/metrics');
  const name = `gpu_gateway_background_faults_total{work="${work}"} `;
  return Number(body.split(name)[1]?.split('\n')[0]);
}

describe('a fault in background work', () => {
  it.each([
    ['the warm-up', 'warm_up', 'keepReady'],
    ['the refresher', 'renewal', 'keepFresh'],
  ] as const)('is logged and counted, and the work is retried after a pause: %s', async (_name, work, run) => {
    using uncaught = collectUncaught();
    await using runPod = await startFakeRunPod();
    const fleet = createBrokenFleet();
    const env = { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, REFRESH: 'background' };
    const gateway = createGateway(env, fleet);
    // The refresher renews only observations that clients have requested, so a client must request one first.
    await gateway.ask('{ gpuAvailability(gpuType: "L4") { totalCount } }');
    fleet.state.isBroken = true;
    const running = gateway[run]();
    const began = performance.now();
    await expect.poll(() => faultsOf(gateway, work)).toBeGreaterThan(1);
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(gateway.logged.some((line) => line.includes(`"work":"${work}"`))).toBe(true);
    gateway.stop();
    await running;
    expect(uncaught.errors).toEqual([]);
  });
});
