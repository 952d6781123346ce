import type { Cell, HourlyPrice, ObservationScope, ObservedCell, UpstreamSource } from './observation.ts';
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

/** A cell as it was last observed. */
export interface SeenCell {
  readonly latest: ObservedCell;
  /** As each source last told it since the stock last changed. */
  readonly bySource: Readonly<Partial<Record<UpstreamSource, ObservedCell>>>;
}

/**
 * What became of each cell since it was last observed; `lastSeen` holds them by data center id. A cell that was not observed
 * before, or is not now, tells nothing: it may have been as it is all along. Sources may quote one price in two ways, so a price
 * is held against what the same source told at the same level, and a spot price that is carried along from an older answer
 * against none.
 */
export function findDifferences(
  { gpuType, gpuCount, dataCenters }: ObservationScope,
  lastSeen: ReadonlyMap<string, SeenCell>,
  cells: readonly Cell[],
): readonly Difference[] {
  const dataCenterById = new Map(dataCenters.map((dataCenter) => [dataCenter.id, dataCenter]));
  return cells.flatMap((cell) => {
    const known = lastSeen.get(cell.dataCenterId);
    const dataCenter = dataCenterById.get(cell.dataCenterId);
    if (cell.failure !== null || known === undefined || dataCenter === undefined) return [];
    const identity = { gpuType, dataCenter, gpuCount };
    const toDifference = (kind: ChangeKind, before: ObservedCell) => [
      { kind, before: observedRow(identity, before), after: observedRow(identity, cell) },
    ];
    const kind = kindOf(known.latest, cell);
    if (kind !== null) return toDifference(kind, known.latest);
    const sameTeller = known.bySource[cell.source];
    return sameTeller !== undefined && isOtherPrice(sameTeller, known.latest, cell)
      ? toDifference('PRICE_CHANGED', sameTeller)
      : [];
  });
}

/** What became of the stock of a cell; `null` when it is as it was. */
export function kindOf(before: ObservedCell, after: ObservedCell): ChangeKind | null {
  if (before.available !== after.available) return after.available ? 'APPEARED' : 'DISAPPEARED';
  return after.available && before.stock !== after.stock ? 'STOCK_CHANGED' : null;
}

/** Of two sources that tell of one change of a price, the first does. */
function isOtherPrice(before: ObservedCell, latest: ObservedCell, after: ObservedCell): boolean {
  if (!after.available || before.stock !== after.stock) return false;
  const isNew = !isSame(latest.onDemandPrice, after.onDemandPrice);
  if (isNew && !isSame(before.onDemandPrice, after.onDemandPrice)) return true;
  return tellsSpot(before) && tellsSpot(after) && !isSame(before.spotPrice, after.spotPrice);
}

const tellsSpot = ({ observedAt, spotObservedAt }: ObservedCell): boolean => observedAt === spotObservedAt;

const isSame = (a: HourlyPrice | null, b: HourlyPrice | null): boolean => a?.perPod === b?.perPod;
