import { describe, expect, it } from 'vitest';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith } from './support/fake-runpod.ts';
import type { World } from './support/world.ts';
import { DOCUMENTED } from './support/world-rest.ts';
import { recordedWorld } from './support/worlds.ts';

const WITH_STOCK = '/catalog/gpus?include=AVAILABILITY&product=POD';

/** Sends a request to the stand-in, by default with the key that it accepts. */
const ask = (rest: { readonly url: string }, path: string, key = KEY) =>
  fetch(`${rest.url}${path}`, { headers: { authorization: `Bearer ${key}` } });

interface Gpu {
  readonly id: string;
  readonly availability: string;
  readonly dataCenters?: readonly { readonly id: string; readonly availability: string }[];
  readonly cudaVersions?: readonly object[];
}

async function gpuNamed(rest: { readonly url: string }, id: string): Promise<Gpu> {
  const { gpus } = (await (await ask(rest, WITH_STOCK)).json()) as { readonly gpus: readonly Gpu[] };
  return gpus.find((row) => row.id === id) ?? expect.fail(`no ${id}`);
}

describe('the stand-in for the REST API', () => {
  it('leaves out the list of data centers when the GPU type is sold out everywhere, as documented', async () => {
    await using rest = await startFakeRest();
    const soldOut = await gpuNamed(rest, 'NVIDIA A30');
    expect([soldOut.availability, 'dataCenters' in soldOut]).toEqual(['NONE', false]);
  });

  it('lists only data centers with stock, and reports the best of their levels as the overall level', async () => {
    await using rest = await startFakeRest();
    const { availability, dataCenters } = await gpuNamed(rest, 'NVIDIA A100 80GB PCIe');
    expect(availability).toBe('MEDIUM');
    expect(dataCenters?.map((place) => place.availability)).toEqual(['MEDIUM', 'LOW']);
  });

  it('reports CUDA versions for NVIDIA, but not for AMD', async () => {
    await using rest = await startFakeRest();
    expect((await gpuNamed(rest, 'NVIDIA L4')).cudaVersions).toHaveLength(1);
    expect(await gpuNamed(rest, 'AMD Instinct MI300X OAM')).not.toHaveProperty('cudaVersions');
  });

  it('can report NONE as the overall level while data centers have stock, as if the overall level were outdated', async () => {
    await using rest = await startFakeRest(recordedWorld(), { ...DOCUMENTED, overall: 'lags behind' });
    const { availability, dataCenters } = await gpuNamed(rest, 'NVIDIA A100 80GB PCIe');
    expect([availability, dataCenters?.length]).toEqual(['NONE', 2]);
  });

  it.each([
    ['stock without a product', '/catalog/gpus?include=AVAILABILITY', 400],
    ['a product without stock', '/catalog/gpus?product=POD', 400],
    ['a pod with 0 GPUs', `${WITH_STOCK}&count=0`, 422],
    ['an unknown cloud', `${WITH_STOCK}&cloud=PRIVATE`, 422],
    ['an unknown product', '/catalog/gpus?include=AVAILABILITY&product=POD,BOAT', 422],
    ['an unknown path', '/catalog/boats', 404],
  ])('refuses %s with a problem document', async (_what, path, status) => {
    await using rest = await startFakeRest();
    const response = await ask(rest, path);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });

  it('refuses a wrong key', async () => {
    await using rest = await startFakeRest();
    expect((await ask(rest, WITH_STOCK, 'wrong')).status).toBe(401);
  });

  it('throws on disposal if an answer did not match the description', async () => {
    const { gpuTypes, ...world } = recordedWorld();
    const broken = { ...world, gpuTypes: gpuTypes.map((row) => ({ ...row, manufacturer: 'Intel' })) };
    const rest = await startFakeRest(broken as unknown as World);
    expect((await ask(rest, WITH_STOCK)).status).toBe(500);
    await expect(rest[Symbol.asyncDispose]()).rejects.toThrow('gpus[].manufacturer');
  });

  it('sends the response of a fault even if it does not match the description', async () => {
    await using rest = await startFakeRest();
    rest.fail(() => answerWith(200, '{"gpus":7}'));
    expect(await (await ask(rest, WITH_STOCK)).json()).toEqual({ gpus: 7 });
  });
});
