import type { AvailabilityQuery } from '../../domain/report.ts';
import type { RowOrder } from '../../domain/row-order.ts';
import type { Subjects } from '../subjects.ts';
import type { InputMaybe } from '../types.generated.ts';
import { refuseFirst } from './argument-checks.ts';
import { type ConditionArguments, toConditions } from './conditions.ts';
import type { MaySuggest } from './gpu-type-name.ts';
import { narrow } from './subject-condition.ts';

/** The arguments of an availability field. An argument that is absent or null has no effect. */
export interface AvailabilityArguments extends ConditionArguments {
  readonly orderBy?: RowOrder;
  readonly first?: InputMaybe<number>;
}

/**
 * Parses the arguments of an availability field into a query about the GPU types and data centers in `subjects`. Names and ids are looked
 * up in `all`.
 * @throws {InvalidArgumentError} if an argument is not valid. A misspelled name is an error too, because an empty result would hide the
 * mistake.
 * @throws {OperationTooComplexError} if a list in the filter is too long.
 */
export function parseArguments(
  args: AvailabilityArguments,
  subjects: Subjects,
  all: Subjects,
  maySuggest: MaySuggest,
): AvailabilityQuery {
  const { orderBy, first } = args;
  refuseFirst(first);
  const { ofGpuType, ofDataCenter, ofRow, gpuCount } = toConditions(args, all, maySuggest);
  const dataCenters = narrow(subjects.dataCenters, ofDataCenter);
  return {
    // If no data center matches, the report is empty. The GPU types are then left out, so that nothing is requested from RunPod.
    gpuTypes: dataCenters.length === 0 ? [] : narrow(subjects.gpuTypes, ofGpuType),
    dataCenters,
    gpuCount,
    conditions: ofRow,
    order: orderBy ?? { field: 'GPU_TYPE', direction: 'ASC' },
    first: first ?? null,
  };
}
