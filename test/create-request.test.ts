import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GpuManufacturer, GpuType } from '../src/domain/gpu-type.ts';
import { toCreateRequest } from '../src/domain/placement/create-request.ts';
import { anyPodId } from './support/any-pod-id.ts';
import { createBodyCheck, DESCRIBED_URL } from './support/described-pods.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const check = createBodyCheck('CreatePodRequest');

/** Returns the placement of a pod with two GPUs in EU-RO-1. */
const podOf = (gpuType: Partial<GpuType> = {}) => ({
  gpuType: gpuTypeOf(gpuType),
  dataCenter: dataCenterOf('EU-RO-1'),
  gpuCount: 2,
});

describe('the request that creates a pod', () => {
  it("is a POST to RunPod's public address", () => {
    const { method, url } = toCreateRequest(podOf(), { globalNetwork: false });
    expect([method, url]).toEqual(['POST', DESCRIBED_URL]);
  });

  it('has placeholders for the name and the image, and nothing that was not requested', () => {
    const { body } = toCreateRequest(podOf({ id: 'NVIDIA L4' }), { globalNetwork: false });
    expect(JSON.parse(body)).toStrictEqual({
      name: '<name>',
      image: '<image>',
      cloud: 'SECURE',
      gpu: { id: 'NVIDIA L4', count: 2 },
      dataCenterIds: ['EU-RO-1'],
    });
  });

  it('contains the ids unchanged, whatever characters they have, and matches schema/upstream-rest.json', () => {
    const anyCount = fc.integer({ min: 1, max: 16 });
    const property = fc.property(anyPodId, anyPodId, anyCount, fc.boolean(), (id, place, gpuCount, globalNetwork) => {
      const pod = { gpuType: gpuTypeOf({ id }), dataCenter: dataCenterOf(place), gpuCount };
      const request = JSON.parse(toCreateRequest(pod, { globalNetwork }).body);
      expect(check(request)).toEqual([]);
      expect(request.gpu).toStrictEqual({ id, count: gpuCount });
      expect(request.dataCenterIds).toStrictEqual([place]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each<[GpuManufacturer, boolean, boolean]>([
    ['NVIDIA', true, true],
    ['NVIDIA', false, false],
    ['AMD', true, false],
    ['UNKNOWN', true, false],
  ])(
    'for a GPU by %s requests the global network only if it is needed and possible: needed %s, requested %s',
    (manufacturer, globalNetwork, requested) => {
      const { body } = toCreateRequest(podOf({ manufacturer }), { globalNetwork });
      expect(JSON.parse(body).globalNetworking).toBe(requested ? true : undefined);
    },
  );
});

describe('the description of the request', () => {
  const body = JSON.parse(toCreateRequest(podOf(), { globalNetwork: true }).body);

  it.each([
    ['an unknown property', { ...body, boat: 1 }],
    ['an unknown property of the GPUs', { ...body, gpu: { ...body.gpu, boat: 1 } }],
    ['a request without a GPU type', { ...body, gpu: { count: 1 } }],
    ['a request without a data center', { ...body, dataCenterIds: [] }],
    ['a pod without GPUs', { ...body, gpu: { ...body.gpu, count: 0 } }],
    ['another cloud', { ...body, cloud: 'COMMUNITY' }],
    ['a list', [body]],
  ])('does not allow %s', (_what, wrong) => {
    expect(check(body)).toEqual([]);
    expect(check(wrong)).not.toEqual([]);
  });
});
