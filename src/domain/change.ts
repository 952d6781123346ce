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
 * before, or is not now, yields nothing: it may have been as it is all along. Sources may quote one price in two ways, so an
 * on-demand price is compared with the one that the same source quoted at the same level. A spot price that is carried along from
 * an older answer is no news.
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
    const quotedBefore = known.bySource[cell.source];
    if (quotedBefore !== undefined && isOtherQuote(quotedBefore, known.latest, cell)) {
      return toDifference('PRICE_CHANGED', quotedBefore);
    }
    return isOtherSpot(known.latest, cell) ? toDifference('PRICE_CHANGED', known.latest) : [];
  });
}

/** What became of the stock of a cell; `null` when it is as it was. */
export function kindOf(before: ObservedCell, after: ObservedCell): ChangeKind | null {
  if (before.available !== after.available) return after.available ? 'APPEARED' : 'DISAPPEARED';
  return after.available && before.stock !== after.stock ? 'STOCK_CHANGED' : null;
}

/** Whether a source quotes another on-demand price than before. Where the other source has shown the change, it is no news. */
const isOtherQuote = (before: ObservedCell, latest: ObservedCell, after: ObservedCell): boolean =>
  after.available &&
  before.stock === after.stock &&
  !isSame(before.onDemandPrice, after.onDemandPrice) &&
  !isSame(latest.onDemandPrice, after.onDemandPrice);

/** Whether a spot price was reported that differs from the last known one. */
const isOtherSpot = (before: ObservedCell, after: ObservedCell): boolean =>
  after.available &&
  before.spotObservedAt !== null &&
  after.spotObservedAt !== null &&
  before.spotObservedAt !== after.spotObservedAt &&
  !isSame(before.spotPrice, after.spotPrice);

const isSame = (a: HourlyPrice | null, b: HourlyPrice | null): boolean => a?.perPod === b?.perPod;
