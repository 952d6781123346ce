import type { Cell, HourlyPrice, ObservationScope, ObservedCell } from './observation.ts';
import { observedRow, type Row } from './row.ts';

/** How a cell changed; stock and price together is STOCK_CHANGED. */
export type ChangeKind = 'APPEARED' | 'DISAPPEARED' | 'STOCK_CHANGED' | 'PRICE_CHANGED';

/** The difference of two successive verified observations of a cell. */
export interface Difference {
  readonly kind: ChangeKind;
  readonly before: Row;
  readonly after: Row;
}

/** A difference that was told. */
export interface Change extends Difference {
  /** Of this change and of no other, not even after a restart. */
  readonly id: string;
}

/**
 * What became of each cell since it was last observed; `lastSeen` holds them by data center id. A cell that was not observed before, or is not now, tells nothing: it
 * may have been as it is all along.
 */
export function findDifferences(
  { gpuType, gpuCount, dataCenters }: ObservationScope,
  lastSeen: ReadonlyMap<string, ObservedCell>,
  cells: readonly Cell[],
): readonly Difference[] {
  const dataCenterById = new Map(dataCenters.map((dataCenter) => [dataCenter.id, dataCenter]));
  return cells.flatMap((cell) => {
    const known = lastSeen.get(cell.dataCenterId);
    const dataCenter = dataCenterById.get(cell.dataCenterId);
    if (cell.failure !== null || known === undefined || dataCenter === undefined) return [];
    const kind = kindOf(known, cell);
    if (kind === null) return [];
    const identity = { gpuType, dataCenter, gpuCount };
    return [{ kind, before: observedRow(identity, known), after: observedRow(identity, cell) }];
  });
}

function kindOf(before: ObservedCell, after: ObservedCell): ChangeKind | null {
  if (before.available !== after.available) return after.available ? 'APPEARED' : 'DISAPPEARED';
  if (!after.available) return null;
  if (before.stock !== after.stock) return 'STOCK_CHANGED';
  const isSamePrice = isSame(before.onDemandPrice, after.onDemandPrice) && isSame(before.spotPrice, after.spotPrice);
  return isSamePrice ? null : 'PRICE_CHANGED';
}

const isSame = (a: HourlyPrice | null, b: HourlyPrice | null): boolean => a?.perPod === b?.perPod;
