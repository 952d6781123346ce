import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCreateRequest } from '../src/domain/placement/create-request.ts';
import { createBodyCheck } from './support/described-pods.ts';
import { startFakePods } from './support/fake-pods.ts';
import { KEY } from './support/fake-rest.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { indexStock } from './support/world.ts';
import { anyWorld, dataCenterNamed, gpuTypeNamed } from './support/worlds.ts';

/**
 * A world (a state of RunPod) with two GPU types and two data centers. Only EU-RO-1 is on the global network, and only EU-RO-1 has stock:
 * pods of one or two GPUs.
 */
const WORLD = {
  gpuTypes: [gpuTypeNamed('NVIDIA L4', true, 0.4), gpuTypeNamed('AMD MI300X', true)],
  dataCenters: ['EU-RO-1', 'US-TX-3'].map((id) => ({ ...dataCenterNamed(id), globalNetwork: id === 'EU-RO-1' })),
  stock: ['NVIDIA L4', 'AMD MI300X'].map((gpuTypeId) => ({
    gpuTypeId,
    dataCenterId: 'EU-RO-1',
    levels: new Map([
      [1, 'HIGH' as const],
      [2, 'LOW' as const],
    ]),
  })),
};

const requestOf = (id: string, place: string, gpuCount: number, globalNetwork = false) =>
  toCreateRequest({ gpuType: gpuTypeOf({ id }), dataCenter: dataCenterOf(place), gpuCount }, { globalNetwork });

const GOOD = requestOf('NVIDIA L4', 'EU-RO-1', 2, true);

/** Returns the request `GOOD` with a different body. If `body` is an object, it replaces only some properties. */
const withBody = (body: object | string) => ({
  ...GOOD,
  body: typeof body === 'string' ? body : JSON.stringify({ ...JSON.parse(GOOD.body), ...body }),
});

describe('the stand-in for the creation of pods', () => {
  it('answers the request for a pod in stock with the new pod', async () => {
    await using pods = await startFakePods(WORLD);
    const response = await pods.create(GOOD);
    const pod = await response.json();
    expect([response.status, createBodyCheck('Pod')(pod)]).toEqual([201, []]);
    expect(pod).toMatchObject({
      status: 'PROVISIONING',
      gpu: { id: 'NVIDIA L4', count: 2 },
      dataCenterId: 'EU-RO-1',
      globalNetworking: { enabled: true },
      cost: 0.8,
    });
  });

  it.each([
    ['an unknown property', withBody({ boat: 1 }), 422],
    ['an unknown property of the GPUs', withBody({ gpu: { id: 'NVIDIA L4', count: 1, boat: 1 } }), 422],
    ['a pod without a name', withBody({ name: '' }), 422],
    ['a number of GPUs that is a text', withBody({ gpu: { id: 'NVIDIA L4', count: '1' } }), 422],
    ['a body that is not JSON', withBody('{'), 400],
    ['an unknown GPU type', requestOf('nvidia l4', 'EU-RO-1', 1), 400],
    ['an unknown data center', requestOf('NVIDIA L4', 'EU-RO-2', 1), 400],
    ['a data center without stock', requestOf('NVIDIA L4', 'US-TX-3', 1), 400],
    ['a number of GPUs that is not in stock', requestOf('NVIDIA L4', 'EU-RO-1', 3), 400],
    ['the global network for an AMD GPU', withBody({ gpu: { id: 'AMD MI300X', count: 1 } }), 400],
    ['the global network where there is none', withBody({ dataCenterIds: ['US-TX-3'] }), 400],
    ['another method', { ...GOOD, method: 'PUT' }, 405],
    ['another path', { ...GOOD, url: 'https://api.runpod.io/v1/pods' }, 404],
  ])('refuses %s with a problem document', async (_what, request, status) => {
    await using pods = await startFakePods(WORLD);
    const response = await pods.create(request);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });

  it.each([
    ['a missing key', { 'content-type': 'application/json' }, 401],
    ['a wrong key', { 'content-type': 'application/json', authorization: 'Bearer wrong' }, 401],
    ['a body of another type', { 'content-type': 'text/plain', authorization: `Bearer ${KEY}` }, 415],
  ])('refuses %s', async (_what, headers, status) => {
    await using pods = await startFakePods(WORLD);
    expect((await fetch(pods.url, { ...GOOD, headers: headers as Record<string, string> })).status).toBe(status);
  });

  it('does not take a request that is addressed to another host', async () => {
    await using pods = await startFakePods(WORLD);
    await expect(pods.create({ ...GOOD, url: 'https://gateway.example/v2/pods' })).rejects.toThrow('gateway.example');
  });

  it('accepts exactly the requests for pods in stock, whatever the ids of GPU types and data centers', async () => {
    let accepted = 0;
    const property = fc.asyncProperty(anyWorld, fc.integer({ min: 1, max: 9 }), async (world, gpuCount) => {
      await using pods = await startFakePods(world);
      const levelOf = indexStock(world);
      for (const { id } of world.gpuTypes) {
        for (const place of world.dataCenters) {
          const { status } = await pods.create(requestOf(id, place.id, gpuCount));
          expect(status).toBe(levelOf(id, place.id, gpuCount) === 'NONE' ? 400 : 201);
          if (status === 201) accepted += 1;
        }
      }
    });
    await fc.assert(property, { numRuns: 20, seed: 20_261_129 });
    expect(accepted).toBeGreaterThan(20);
  });
});
