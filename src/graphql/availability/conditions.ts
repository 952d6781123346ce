import type { DataCenter } from '../../domain/data-center.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Region } from '../../domain/region.ts';
import type { RowConditions } from '../../domain/row-conditions.ts';
import type { Subjects } from '../subjects.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';
import { refuseGpuCount, refuseLongLists, refuseNegative, refuseNoStock } from './argument-checks.ts';
import { dataCenterCondition } from './data-center-condition.ts';
import { gpuTypeCondition } from './gpu-type-condition.ts';
import type { MaySuggest } from './gpu-type-name.ts';
import type { SubjectCondition } from './subject-condition.ts';

/** The arguments that select rows. An argument that is absent or null has no effect. */
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

/**
 * Parses a client's arguments into conditions. The conditions also apply to GPU types and data centers that RunPod adds later. Names and
 * ids are looked up in `all`. `maySuggest` decides whether an error about an unknown GPU type suggests similar names.
 * @throws {InvalidArgumentError} if an argument is not valid.
 * @throws {OperationTooComplexError} if a list is too long.
 */
export function toConditions(
  { region, gpuType, gpuCount, filter }: ConditionArguments,
  all: Subjects,
  maySuggest: MaySuggest,
): Conditions {
  refuseGpuCount(gpuCount);
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
  refuseNoStock(minStock);
  return { includeUnavailable, maxPricePerGpuHour, minStock };
}
