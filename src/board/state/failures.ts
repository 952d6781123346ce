import type { BoardCellsQuery, FailureCode } from '../graphql/graphql.ts';

/** Cells that could not be observed. */
export type Failure = NonNullable<BoardCellsQuery['gpuAvailability']>['coverage']['failures'][number];

/** Failures of one GPU type for one reason. */
export interface FailureGroup {
  readonly gpuType: string;
  /** Ids of data centers; null for all of them. */
  readonly dataCenterIds: readonly string[] | null;
  readonly code: FailureCode;
  readonly message: string;
}

/** Brings failures of the same GPU type with the same reason together, in the order in which they came. */
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

const SHOWN_DATA_CENTERS = 4;

/** Where it failed, in words: 'everywhere', 'in EU-RO-1 and EU-CZ-1', 'in A, B, C, D and 5 more'. */
export function dataCentersInWords(dataCenterIds: readonly string[] | null): string {
  if (dataCenterIds === null) return 'everywhere';
  const shown = dataCenterIds.slice(0, SHOWN_DATA_CENTERS);
  const more = dataCenterIds.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.pop();
  return shown.length === 0 ? `in ${last}` : `in ${shown.join(', ')} and ${last}`;
}
