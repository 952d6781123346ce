import type { Cell, HourlyPrice, ObservationScope, ObservedCell, UpstreamSource } from './observation.ts';
import { observedRow, type Row } from './row.ts';

/** The way in which a cell changed. A change of both the stock level and the price is STOCK_CHANGED. */
export type ChangeKind = 'APPEARED' | 'DISAPPEARED' | 'STOCK_CHANGED' | 'PRICE_CHANGED';

/** The difference between two successive observations of a cell. */
export interface Difference {
  readonly kind: ChangeKind;
  readonly before: Row;
  readonly after: Row;
}

/** A difference that is sent to subscribers as an event. */
export interface Change extends Difference {
  /** Identifies this change. No other change has the same id, even after a restart of the gateway. */
  readonly id: string;
}

/** A cell as it was last observed, and the earlier values that the next observation is compared with. */
export interface SeenCell {
  readonly latest: ObservedCell;
  /** The latest observation of the cell from each source. Observations from before the latest change of the stock are left out. */
  readonly bySource: Readonly<Partial<Record<UpstreamSource, ObservedCell>>>;
  /** The on-demand price in the last event about the cell, or in the first observation of the cell if there was no event. */
  readonly shownPrice: HourlyPrice | null;
}

/**
 * Returns the differences between `cells` and their last observations. `lastSeen` contains the last observations by data center id. A
 * failed cell has no difference. A cell that was never observed before has no difference either, because it is not known whether it
 * changed.
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
    const change = changeOf(known, cell);
    if (change === null) return [];
    return [{ kind: change.kind, before: observedRow(identity, change.before), after: observedRow(identity, cell) }];
  });
}

/**
 * Returns how a cell changed, and the earlier observation with which it was compared; `null` if the cell did not change. If the stock level
 * is unchanged, a new on-demand price counts as a change only if it differs from both the last price from the same source and `shownPrice`.
 * A spot price that was copied from an older answer does not count as a change.
 */
export function changeOf(
  known: SeenCell,
  after: ObservedCell,
): { readonly kind: ChangeKind; readonly before: ObservedCell } | null {
  const { latest, bySource } = known;
  const kind = kindOf(latest, after);
  if (kind !== null) return { kind, before: latest };
  const quotedBefore = bySource[after.source];
  if (quotedBefore !== undefined && isOtherQuote(quotedBefore, known, after)) {
    return { kind: 'PRICE_CHANGED', before: quotedBefore };
  }
  return isOtherSpot(latest, after) ? { kind: 'PRICE_CHANGED', before: latest } : null;
}

/** Returns how the stock of a cell changed, or `null` if the stock did not change. */
export function kindOf(before: ObservedCell, after: ObservedCell): ChangeKind | null {
  if (before.available !== after.available) return after.available ? 'APPEARED' : 'DISAPPEARED';
  return after.available && before.stock !== after.stock ? 'STOCK_CHANGED' : null;
}

/** Whether a source quotes an on-demand price that differs both from its own previous price and from the price in the last event. */
const isOtherQuote = (before: ObservedCell, { shownPrice }: SeenCell, after: ObservedCell): boolean =>
  after.available &&
  before.stock === after.stock &&
  !isSame(before.onDemandPrice, after.onDemandPrice) &&
  !isSame(shownPrice, after.onDemandPrice);

/** Whether a newer answer reports a spot price that differs from the last known spot price. */
const isOtherSpot = (before: ObservedCell, after: ObservedCell): boolean =>
  after.available &&
  before.spotObservedAt !== null &&
  after.spotObservedAt !== null &&
  before.spotObservedAt !== after.spotObservedAt &&
  !isSame(before.spotPrice, after.spotPrice);

const isSame = (a: HourlyPrice | null, b: HourlyPrice | null): boolean => a?.perPod === b?.perPod;
