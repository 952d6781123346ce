import { describe, expect, it } from 'vitest';
import type { DataCenter } from '../../src/domain/data-center.ts';
import type { GpuType } from '../../src/domain/gpu-type.ts';
import type { Needs } from '../../src/domain/placement/needs.ts';
import {
  isOption,
  obstacleOfDataCenter,
  obstacleOfGpuType,
  obstacleOfRow,
} from '../../src/domain/placement/obstacles.ts';
import { observedRow, type Row, unknownRow } from '../../src/domain/row.ts';
import { cellOf } from '../support/cells.ts';
import { dataCenterOf, gpuTypeOf } from '../support/list-rows.ts';
import { NO_NEEDS } from '../support/needs.ts';

const isNvidia = {
  name: 'manufacturer',
  reason: 'OTHER_GPU_TYPE',
  isMet: ({ manufacturer }: GpuType) => manufacturer === 'NVIDIA',
  explain: ({ manufacturer }: GpuType) => `It is from ${manufacturer}.`,
} as const;
const isLarge = {
  name: 'minMemoryGb',
  reason: 'TOO_LITTLE_MEMORY',
  isMet: ({ memoryGb }: GpuType) => memoryGb !== null && memoryGb >= 80,
  explain: ({ memoryGb }: GpuType) => `It has ${memoryGb} GB.`,
} as const;

describe('a GPU type', () => {
  const obstacleOf = (gpuType: Partial<GpuType>, needs: Partial<Needs>) =>
    obstacleOfGpuType(gpuTypeOf(gpuType), { ...NO_NEEDS, ...needs });

  it.each<[string, Partial<GpuType>, Partial<Needs>]>([
    ['nothing is needed', {}, {}],
    ['its needs are met', { memoryGb: 80 }, { ofGpuType: [isNvidia, isLarge] }],
    ['a pod has exactly the memory that is needed', { memoryGb: 24 }, { gpuCount: 2, minTotalMemoryGb: 48 }],
    ['a pod can have exactly as many GPUs as are needed', { maxGpuCount: 4 }, { gpuCount: 4 }],
    ['the largest possible pod has enough memory', { memoryGb: 24, maxGpuCount: 4 }, { minTotalMemoryGb: 96 }],
    ['its memory is unknown and none is needed', { memoryGb: null }, { gpuCount: 2 }],
    ['RunPod does not report whether it is on secure cloud', { secureCloud: null }, {}],
    ['RunPod does not report the largest pod, and 16 GPUs are needed', { maxGpuCount: null }, { gpuCount: 16 }],
  ])('has no obstacle if %s', (_what, gpuType, needs) => {
    expect(obstacleOf(gpuType, needs)).toBeNull();
  });

  it.each<[string, Partial<GpuType>, Partial<Needs>, ReturnType<typeof obstacleOf>]>([
    [
      'the first need that it does not meet',
      { manufacturer: 'AMD', memoryGb: 24 },
      { ofGpuType: [isNvidia, isLarge], minTotalMemoryGb: 1000 },
      { reason: 'OTHER_GPU_TYPE', message: 'It is from AMD.', gpuCount: null },
    ],
    [
      'a need after others that it meets',
      { memoryGb: 24 },
      { ofGpuType: [isNvidia, isLarge] },
      { reason: 'TOO_LITTLE_MEMORY', message: 'It has 24 GB.', gpuCount: null },
    ],
    [
      'its unknown memory',
      { memoryGb: null },
      { minTotalMemoryGb: 1, gpuCount: 4 },
      {
        reason: 'TOO_LITTLE_MEMORY',
        message: 'RunPod does not report its memory; 1 GB per pod were needed.',
        gpuCount: null,
      },
    ],
    [
      'the memory of the pod before the number of its GPUs',
      { memoryGb: 24, maxGpuCount: 2 },
      { minTotalMemoryGb: 73, gpuCount: 3 },
      { reason: 'TOO_LITTLE_MEMORY', message: 'A pod of 3 has 72 GB; 73 GB per pod were needed.', gpuCount: 3 },
    ],
    [
      'the number of GPUs on a pod with enough memory',
      { memoryGb: 24, maxGpuCount: 4 },
      { minTotalMemoryGb: 97 },
      { reason: 'TOO_MANY_GPUS', message: 'A pod of this type has at most 4 GPUs; 5 were needed.', gpuCount: 5 },
    ],
    [
      'a second GPU where pods have only one',
      { maxGpuCount: 1 },
      { gpuCount: 2 },
      { reason: 'TOO_MANY_GPUS', message: 'A pod of this type has at most 1 GPU; 2 were needed.', gpuCount: 2 },
    ],
    [
      'more GPUs than RunPod accepts, even if RunPod reports a higher maximum for the type',
      { maxGpuCount: 32 },
      { gpuCount: 17 },
      { reason: 'TOO_MANY_GPUS', message: 'A pod of this type has at most 16 GPUs; 17 were needed.', gpuCount: 17 },
    ],
    [
      'its absence from secure cloud',
      { secureCloud: false },
      { gpuCount: 2 },
      { reason: 'NOT_ON_SECURE_CLOUD', message: 'RunPod does not offer it on secure cloud.', gpuCount: null },
    ],
  ])('is excluded everywhere because of %s', (_what, gpuType, needs, obstacle) => {
    expect(obstacleOf(gpuType, needs)).toEqual(obstacle);
  });
});

it('a data center is excluded because of the first need that it does not meet', () => {
  const needOf = (name: 'networkVolume' | 'globalNetwork') => ({
    name,
    reason: 'OTHER_DATA_CENTER' as const,
    isMet: (dataCenter: DataCenter) => dataCenter[name] === true,
    explain: ({ id }: DataCenter) => `${id} has no ${name}.`,
  });
  const needs = { ...NO_NEEDS, ofDataCenter: [needOf('networkVolume'), needOf('globalNetwork')] };
  const messageOf = (networkVolume: boolean, globalNetwork: boolean) =>
    obstacleOfDataCenter({ ...dataCenterOf('A'), networkVolume, globalNetwork }, needs)?.message;
  expect(messageOf(true, true)).toBeUndefined();
  expect(messageOf(true, false)).toBe('A has no globalNetwork.');
  expect(messageOf(false, true)).toBe('A has no networkVolume.');
  expect(messageOf(false, false)).toBe('A has no networkVolume.');
  expect(obstacleOfDataCenter(dataCenterOf('A'), needs)?.reason).toBe('OTHER_DATA_CENTER');
});

describe('the pod that a row describes', () => {
  const IDENTITY = { gpuType: gpuTypeOf({}), dataCenter: dataCenterOf('A'), gpuCount: 2 };
  const UNKNOWN = unknownRow(IDENTITY);
  const rowOf = (values: Partial<Pick<Row, 'stock' | 'onDemandPrice'>>) =>
    observedRow(IDENTITY, cellOf('A', 0, { ...values, available: values.stock !== 'NONE' }));
  const LOW_AT_2 = rowOf({ stock: 'LOW', onDemandPrice: { perGpu: 1, perPod: 2 } });

  it.each<[string, Row, Partial<Needs>]>([
    ['it is in stock', LOW_AT_2, {}],
    ['its stock level is unknown, and any stock suffices', rowOf({ stock: 'UNKNOWN' }), {}],
    ['it has no price, and any price is accepted', rowOf({ onDemandPrice: null }), {}],
    ['it has exactly the stock that is needed', LOW_AT_2, { minStock: 'LOW' }],
    ['it has more stock than is needed', rowOf({ stock: 'HIGH' }), { minStock: 'MEDIUM' }],
    ['the whole pod costs exactly the maximum', LOW_AT_2, { maxPricePerHour: 2 }],
    ['it meets both needs', LOW_AT_2, { minStock: 'LOW', maxPricePerHour: 3 }],
  ])('is an option if %s', (_what, row, some) => {
    const needs = { ...NO_NEEDS, ...some };
    expect([isOption(row, needs), obstacleOfRow(row, needs)]).toEqual([true, null]);
  });

  it.each<[string, Row, Partial<Needs>, string, string]>([
    ['was not observed', UNKNOWN, { minStock: 'LOW', maxPricePerHour: 1 }, 'NOT_OBSERVED', 'It could not be observed.'],
    ['is out of stock', rowOf({ stock: 'NONE' }), { minStock: 'LOW' }, 'OUT_OF_STOCK', 'RunPod reports no stock.'],
    [
      'has too little stock and is too expensive',
      LOW_AT_2,
      { minStock: 'MEDIUM', maxPricePerHour: 1 },
      'STOCK_TOO_LOW',
      'The stock is LOW; MEDIUM was needed.',
    ],
    [
      'has an unknown stock level',
      rowOf({ stock: 'UNKNOWN' }),
      { minStock: 'LOW' },
      'STOCK_TOO_LOW',
      'The stock is UNKNOWN; LOW was needed.',
    ],
    [
      'has no price',
      rowOf({ onDemandPrice: null }),
      { maxPricePerHour: 1000 },
      'NO_PRICE',
      'RunPod quotes no price; at most $1000 per pod and hour was needed.',
    ],
    [
      'costs too much, although one of its GPUs does not',
      LOW_AT_2,
      { maxPricePerHour: 1.99 },
      'TOO_EXPENSIVE',
      'It costs $2; at most $1.99 per pod and hour was needed.',
    ],
  ])('is excluded with a message if it %s', (_what, row, some, reason, message) => {
    const needs = { ...NO_NEEDS, ...some };
    expect(isOption(row, needs)).toBe(false);
    expect(obstacleOfRow(row, needs)).toEqual({ reason, message });
  });
});
