import { InvalidArgumentError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import { MAX_NAME_LENGTH, squash } from '../names.ts';
import type { GpuAvailabilityFilter, InputMaybe } from '../types.generated.ts';
import { refuseNegative } from './argument-checks.ts';
import { findGpuType, type MaySuggest, unknownGpuTypeId } from './gpu-type-name.ts';
import { isOneOf } from './known-ids.ts';
import { allOf, type SubjectCondition } from './subject-condition.ts';

/**
 * Returns the condition that GPU types must meet because of the argument `gpuType`, whose value is `name`, and because of the filter. Names
 * and ids are looked up in `all`.
 * @throws {InvalidArgumentError} if an argument is not valid.
 */
export function gpuTypeCondition(
  name: InputMaybe<string> | undefined,
  { gpuTypeIds, manufacturer, minMemoryGb, nameContains }: Partial<GpuAvailabilityFilter>,
  all: readonly GpuType[],
  maySuggest: MaySuggest,
): SubjectCondition<GpuType> {
  refuseNegative('minMemoryGb', minMemoryGb);
  const conditions: SubjectCondition<GpuType>[] = [];
  if (name != null) {
    const named = findGpuType(name, all, maySuggest).id;
    conditions.push(({ id }) => id === named);
  }
  if (gpuTypeIds != null) conditions.push(isOneOf(gpuTypeIds, all, (id) => unknownGpuTypeId(id, all, maySuggest)));
  if (manufacturer != null) conditions.push((gpuType) => gpuType.manufacturer === manufacturer);
  if (minMemoryGb != null) conditions.push(({ memoryGb }) => memoryGb !== null && memoryGb >= minMemoryGb);
  if (nameContains != null) conditions.push(hasInName(nameContains));
  return allOf(conditions);
}

function hasInName(text: string): SubjectCondition<GpuType> {
  if (text.length > MAX_NAME_LENGTH) {
    throw new InvalidArgumentError(`nameContains has ${text.length} characters; the limit is ${MAX_NAME_LENGTH}.`);
  }
  const part = squash(text);
  return ({ id, displayName }) => squash(displayName).includes(part) || squash(id).includes(part);
}
