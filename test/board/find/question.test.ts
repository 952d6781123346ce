import { describe, expect, it } from 'vitest';
import { EMPTY_FORM, type Form } from '../../../src/board/find/form.ts';
import { matchGpuTypes, questionOf } from '../../../src/board/find/question.ts';
import type { GpuType } from '../../../src/board/state/lists.ts';

const gpuType = (id: string, displayName: string): GpuType => ({
  id,
  displayName,
  manufacturer: 'NVIDIA',
  memoryGb: 24,
  securePrice: null,
});
const GPU_TYPES = [
  gpuType('NVIDIA L4', 'L4'),
  gpuType('NVIDIA L40', 'L40'),
  gpuType('NVIDIA H100 PCIe', 'H100 PCIe'),
  gpuType('NVIDIA H100 80GB HBM3', 'H100 SXM'),
];

const needsOf = (form: Partial<Form>) => questionOf({ ...EMPTY_FORM, ...form }, GPU_TYPES).needs;
const matches = (text: string) => matchGpuTypes(text, GPU_TYPES).map(({ displayName }) => displayName);

describe('the text for GPU types', () => {
  it('means the GPU type with this name or id, whatever the letter case', () => {
    expect([matches(' l4 '), matches('nvidia h100 80gb hbm3')]).toEqual([['L4'], ['H100 SXM']]);
  });

  it('means all GPU types whose names contain its words', () => {
    expect([matches('h100'), matches('sxm h1'), matches('l')]).toEqual([
      ['H100 PCIe', 'H100 SXM'],
      ['H100 SXM'],
      ['L4', 'L40'],
    ]);
  });

  it('matches with or without the spaces and hyphens of a name', () => {
    expect([matches('h100pcie'), matches('H-100 '), matches('l-4')]).toEqual([
      ['H100 PCIe'],
      ['H100 PCIe', 'H100 SXM'],
      ['L4'],
    ]);
  });
});

describe('the question of a form', () => {
  it('contains no need that the form leaves empty', () => {
    expect(questionOf(EMPTY_FORM, GPU_TYPES)).toEqual({ needs: {}, prefer: 'CHEAPEST', first: 10 });
  });

  it('contains every need of the form', () => {
    const form = { gpu: 'h100', count: '8', price: '20', memory: '80', networkVolume: true, certifications: ['SOC_2'] };
    expect(needsOf({ ...form, globalNetwork: true })).toEqual({
      gpuTypeIds: ['NVIDIA H100 PCIe', 'NVIDIA H100 80GB HBM3'],
      gpuCount: 8,
      maxPricePerHour: 20,
      minMemoryGb: 80,
      networkVolume: true,
      globalNetwork: true,
      compliance: ['SOC_2'],
    });
  });

  it('contains the memory of the whole pod if the form says so', () => {
    expect(needsOf({ memory: '160', memoryOf: 'pod' })).toEqual({ minTotalMemoryGb: 160 });
  });

  it.each([
    ['region=EUROPE', { regions: ['EUROPE'] }],
    ['country=RO', { countryCodes: ['RO'] }],
    ['datacenter=EU=RO', { dataCenterIds: ['EU=RO'] }],
  ])('limits the place to %s', (place, needs) => {
    expect(needsOf({ place })).toEqual(needs);
  });

  it('leaves it to the gateway to explain a name that no GPU type has', () => {
    expect(needsOf({ gpu: ' abacus ' })).toEqual({ gpuTypeIds: ['abacus'] });
  });
});
