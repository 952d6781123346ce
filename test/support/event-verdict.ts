import type { Change, ChangedRow } from './subscribers.ts';
import { isSameStock, type Truth } from './truth.ts';
import { cellOf, type Row } from './verdict.ts';

/** The state of a cell (a GPU type in a data center) as a subscriber knows it. */
type KnownRow = Pick<ChangedRow, 'gpuType' | 'dataCenter' | 'gpuCount' | 'stock' | 'onDemandPrice'> & {
  readonly observedAt: string | null;
};

/**
 * Creates a check of the events that one subscriber receives. `read` contains all rows, read just after the subscription began. Each event
 * must begin with the last known state of its cell. With two sources, the price may differ from the last known one, because the first price
 * from the second source causes no event.
 */
export function createEventVerdict(truth: Truth, read: readonly Row[], quotes: 'one source' | 'two sources') {
  const known = new Map<string, KnownRow>();
  for (const row of read) if (row.observedAt !== null) known.set(cellOf(row), row);

  function* faultsOfRow(row: ChangedRow) {
    const right = truth.heldWhenAsked(cellOf(row), row.observedAt);
    if (!right.some((version) => isSameStock(row, version))) {
      yield `${cellOf(row)} never was ${stateOf(row)} when asked at ${row.observedAt}, but ${JSON.stringify(right)}`;
    }
  }

  function* faultsOf({ kind, before, after }: Change) {
    const cell = cellOf(after);
    const last = known.get(cell);
    // When the subscriber read the rows, they already contained this change or a later change of the cell. So the event is late, but not
    // wrong.
    if (last?.observedAt != null && after.observedAt <= last.observedAt && isRead(last)) return;
    const isOtherQuote = quotes === 'two sources' && last?.stock === before.stock;
    if (last !== undefined && stateOf(last) !== stateOf(before) && !isOtherQuote) {
      yield `${cell} was ${stateOf(last)}, and not ${stateOf(before)} before ${stateOf(after)}`;
    }
    if (after.observedAt < before.observedAt) yield `${cell} goes back in time`;
    if (kind !== kindOf(before, after)) yield `${cell} is ${kind}, and not ${kindOf(before, after)}`;
    yield* faultsOfRow(before);
    yield* faultsOfRow(after);
    known.set(cell, after);
  }

  const isRead = (row: KnownRow) => read.includes(row as Row);

  return {
    /** Returns the errors in the next event. */
    faultsOf: (change: Change): string[] => [...faultsOf(change)],
    /** Returns an error for each cell whose true state differs from the state that the subscriber knows. */
    differences: (): string[] =>
      [...known].flatMap(([cell, row]) => {
        const right = truth.latest(cell);
        return isSameStock(row, right) ? [] : [`${cell} was left ${stateOf(row)}, and is ${JSON.stringify(right)}`];
      }),
  };
}

const stateOf = ({ stock, onDemandPrice }: KnownRow) => `${stock} at ${onDemandPrice?.perGpu ?? 'no price'}`;

function kindOf(before: ChangedRow, after: ChangedRow): string {
  const [was, is] = [before.stock !== 'NONE', after.stock !== 'NONE'];
  if (was !== is) return is ? 'APPEARED' : 'DISAPPEARED';
  if (before.stock !== after.stock) return 'STOCK_CHANGED';
  const priceOf = ({ onDemandPrice, spotPrice }: ChangedRow) => JSON.stringify([onDemandPrice, spotPrice]);
  return priceOf(before) === priceOf(after) ? 'no change' : 'PRICE_CHANGED';
}
