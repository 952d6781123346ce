import type { DataCenter } from '../../domain/data-center.ts';
import { InvalidArgumentError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Region } from '../../domain/region.ts';
import type { RowConditions } from '../../domain/row-conditions.ts';
import type { Subjects } from '../subjects.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';
import { refuseLongLists, refuseNegative } from './argument-checks.ts';
import { dataCenterCondition } from './data-center-condition.ts';
import { gpuTypeCondition } from './gpu-type-condition.ts';
import type { MaySuggest } from './gpu-type-name.ts';
import type { SubjectCondition } from './subject-condition.ts';

/** The arguments that select rows. An argument that is left out or null has no effect. */
export interface ConditionArguments {
  readonly region?: InputMaybe<Region>;
  readonly gpuType?: InputMaybe<string>;
  readonly gpuCount: number;
  readonly filter?: InputMaybe<GpuAvailabilityFilter>;
}

/** The conditions on rows: on their GPU type, their data center and their observed values. */
export interface Conditions {
  readonly ofGpuType: SubjectCondition<GpuType>;
  readonly ofDataCenter: SubjectCondition<DataCenter>;
  readonly ofRow: RowConditions;
  readonly gpuCount: number;
}

const MAX_GPU_COUNT = 16;

/**
 * Parses a client's arguments into conditions, which also apply to GPU types and data centers that RunPod adds later. Names and ids are
 * looked up in `all`. `maySuggest` decides whether an error about an unknown GPU type suggests similar names.
 * @throws {InvalidArgumentError} if an argument is not valid.
 * @throws {OperationTooComplexError} if a list is too long.
 */
export function toConditions(
  { region, gpuType, gpuCount, filter }: ConditionArguments,
  all: Subjects,
  maySuggest: MaySuggest,
): Conditions {
  if (gpuCount < 1 || gpuCount > MAX_GPU_COUNT) {
    throw new InvalidArgumentError(`gpuCount is ${gpuCount}; it must be from 1 to ${MAX_GPU_COUNT}.`);
  }
  refuseLongLists(filter ?? {});
  return {
    ofGpuType: gpuTypeCondition(gpuType, filter ?? {}, all.gpuTypes, maySuggest),
    ofDataCenter: dataCenterCondition(region, filter ?? {}, all.dataCenters),
    ofRow: toRowConditions(filter ?? {}),
    gpuCount,
  };
}

function toRowConditions(filter: Partial<GpuAvailabilityFilter>): RowConditions {
  const { includeUnavailable = false, maxPricePerGpuHour = null, minStock = null } = filter;
  refuseNegative('maxPricePerGpuHour', maxPricePerGpuHour);
  if (minStock === 'NONE' || minStock === 'UNKNOWN') {
    throw new InvalidArgumentError(`minStock is ${minStock}; it must be LOW, MEDIUM or HIGH.`);
  }
  return { includeUnavailable, maxPricePerGpuHour, minStock };
}
