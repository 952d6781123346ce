import type { BoardCellsQuery, FailureCode } from '../graphql/graphql.ts';

/** A failure of the gateway to observe one cell or all cells of a GPU type. */
export type Failure = NonNullable<BoardCellsQuery['gpuAvailability']>['coverage']['failures'][number];

/** The failures of one GPU type for one reason. */
export interface FailureGroup {
  readonly gpuType: string;
  /** The data centers in which the observation failed; null if it failed in all of them. */
  readonly dataCenterIds: readonly string[] | null;
  readonly code: FailureCode;
  readonly message: string;
}

/**
 * Returns the message of the failure that affects the cell in this data center, or `undefined` if the cell has not failed. `failures`
 * contains the failures of the cell's GPU type.
 */
export const failureMessage = (failures: readonly Failure[], dataCenterId: string): string | undefined =>
  failures.find(({ dataCenter }) => dataCenter === null || dataCenter.id === dataCenterId)?.message;

/** Groups failures by GPU type and reason. The groups are in the order of their first failures. */
export function groupFailures(failures: readonly Failure[]): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const { gpuType, dataCenter, code, message } of failures) {
    const reason = `${gpuType.displayName}\n${code}\n${message}`;
    const before = groups.get(reason)?.dataCenterIds ?? [];
    const dataCenterIds = dataCenter === null ? null : [...before, dataCenter.id];
    groups.set(reason, { gpuType: gpuType.displayName, dataCenterIds, code, message });
  }
  return [...groups.values()];
}

/** The maximum number of data centers that `dataCentersInWords` names. */
const MAX_NAMED = 4;

/** Describes where something failed: 'everywhere', 'in EU-RO-1 and EU-CZ-1', 'in A, B, C, D and 5 more'. */
export function dataCentersInWords(dataCenterIds: readonly string[] | null): string {
  if (dataCenterIds === null) return 'everywhere';
  const shown = dataCenterIds.slice(0, MAX_NAMED);
  const more = dataCenterIds.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.pop();
  return shown.length === 0 ? `in ${last}` : `in ${shown.join(', ')} and ${last}`;
}
