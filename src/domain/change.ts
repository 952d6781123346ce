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
  /** The last answer of each source since the stock last changed. */
  readonly bySource: Readonly<Partial<Record<UpstreamSource, ObservedCell>>>;
  /** The on-demand price in the last event about the cell, or at first sight when there was none. */
  readonly shownPrice: HourlyPrice | null;
}

/**
 * Returns how each cell differs from its last observation in `lastSeen`, which is by data center id. A cell without an earlier
 * observation, or that failed now, yields nothing: it may have been as it is all along.
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
 * How a cell changed, and the observation to compare it with; `null` when there is nothing to report. Sources may quote one price in
 * two ways, so an on-demand price is compared with the one that the same source quoted at the same level. A spot price that is
 * carried along from an older answer is no news.
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

/** What became of the stock of a cell; `null` when it is as it was. */
export function kindOf(before: ObservedCell, after: ObservedCell): ChangeKind | null {
  if (before.available !== after.available) return after.available ? 'APPEARED' : 'DISAPPEARED';
  return after.available && before.stock !== after.stock ? 'STOCK_CHANGED' : null;
}

/** Whether a source quotes another on-demand price than before, and an event about the other source has not shown it already. */
const isOtherQuote = (before: ObservedCell, { shownPrice }: SeenCell, after: ObservedCell): boolean =>
  after.available &&
  before.stock === after.stock &&
  !isSame(before.onDemandPrice, after.onDemandPrice) &&
  !isSame(shownPrice, after.onDemandPrice);

/** Whether a spot price was reported that differs from the last known one. */
const isOtherSpot = (before: ObservedCell, after: ObservedCell): boolean =>
  after.available &&
  before.spotObservedAt !== null &&
  after.spotObservedAt !== null &&
  before.spotObservedAt !== after.spotObservedAt &&
  !isSame(before.spotPrice, after.spotPrice);

const isSame = (a: HourlyPrice | null, b: HourlyPrice | null): boolean => a?.perPod === b?.perPod;
