import { InvalidArgumentError } from '../../domain/errors.ts';
import type { AvailabilityQuery } from '../../domain/report.ts';
import type { RowOrder } from '../../domain/row-order.ts';
import type { Subjects } from '../subjects.ts';
import type { InputMaybe } from '../types.generated.ts';
import { type ConditionArguments, toConditions } from './conditions.ts';
import type { MaySuggest } from './gpu-type-name.ts';
import { narrow } from './subject-condition.ts';

/** Arguments of the fields that ask about availability. What is left out, or null, is no condition. */
export interface AvailabilityArguments extends ConditionArguments {
  readonly orderBy?: RowOrder;
  readonly first?: InputMaybe<number>;
}

/**
 * Turns a client's arguments into a question about `subjects`. Names and ids are looked up among `all`.
 * @throws {InvalidArgumentError} for an argument without a possible meaning, so that a misspelled one does not get an empty answer.
 */
export function parseArguments(
  args: AvailabilityArguments,
  subjects: Subjects,
  all: Subjects,
  maySuggest: MaySuggest,
): AvailabilityQuery {
  const { orderBy, first } = args;
  if (first != null && first < 1) throw new InvalidArgumentError(`first is ${first}; it must be 1 or more.`);
  const { ofGpuType, ofDataCenter, ofRow, gpuCount } = toConditions(args, all, maySuggest);
  const dataCenters = narrow(subjects.dataCenters, ofDataCenter);
  return {
    // Where no data center is left, there is nothing to ask.
    gpuTypes: dataCenters.length === 0 ? [] : narrow(subjects.gpuTypes, ofGpuType),
    dataCenters,
    gpuCount,
    conditions: ofRow,
    order: orderBy ?? { field: 'GPU_TYPE', direction: 'ASC' },
    first: first ?? null,
  };
}
