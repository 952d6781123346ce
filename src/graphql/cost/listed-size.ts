import type { GraphQLResolveInfo } from 'graphql';
import type { DataCenter } from '../../domain/data-center.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import { sizeOfOne } from './report-size.ts';

const NO_GPU_TYPES: readonly GpuType[] = [];
const NO_DATA_CENTERS: readonly DataCenter[] = [];

/**
 * Adds the estimated size of `count` GPU types to the size of the response. Rejects with an `OperationTooComplexError` if the response
 * would be too large.
 */
export async function spendGpuTypes(
  { budget, gpuTypes }: Pick<Loaders, 'budget' | 'gpuTypes'>,
  info: GraphQLResolveInfo,
  count: number,
  typeName?: string,
): Promise<void> {
  const lists = { gpuTypes: await gpuTypes(), dataCenters: NO_DATA_CENTERS };
  budget.spendBytes(count * sizeOfOne(info, lists, typeName).fixed);
}

/**
 * Adds the estimated size of `count` data centers to the size of the response. Rejects with an `OperationTooComplexError` if the response
 * would be too large.
 */
export async function spendDataCenters(
  { budget, dataCenters }: Pick<Loaders, 'budget' | 'dataCenters'>,
  info: GraphQLResolveInfo,
  count: number,
  typeName?: string,
): Promise<void> {
  const lists = { gpuTypes: NO_GPU_TYPES, dataCenters: await dataCenters() };
  budget.spendBytes(count * sizeOfOne(info, lists, typeName).fixed);
}
