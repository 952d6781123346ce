import type { BoardCellFragment, StockLevel } from '../graphql/graphql.ts';

/** A cell of the table: one GPU type in one data center, for pods of the chosen size. */
export type Cell = BoardCellFragment;

/** A cell of the table, and what the board has recorded about its changes and its age. */
export interface ShownCell {
  readonly cell: Cell;
  /** The number of visible changes of the cell since the board first received it. */
  readonly changes: number;
  /** When the latest visible change of the cell arrived, in milliseconds since 1970; null if the cell has not changed. */
  readonly changedAt: number | null;
  /** When the gateway's latest answer about the cell arrived, in milliseconds since 1970. */
  readonly answeredAt: number;
  /** Since when the gateway has reported this observation as stale, in milliseconds since 1970; null if the observation is fresh. */
  readonly staleSince: number | null;
}

/** The cells of one GPU type, by data center id. */
export type RowCells = ReadonlyMap<string, ShownCell>;

/** The cells of each GPU type, by GPU type id. */
export type Cells = ReadonlyMap<string, RowCells>;

/** The key of a cell: its GPU type id and data center id. */
export type CellKey = `${string}\n${string}`;

export const cellKey = (gpuTypeId: string, dataCenterId: string): CellKey => `${gpuTypeId}\n${dataCenterId}`;

/** Returns the GPU type id and the data center id of a key. */
export function idsIn(key: string): readonly [gpuTypeId: string, dataCenterId: string | undefined] {
  const [gpuTypeId = '', dataCenterId] = key.split('\n');
  return [gpuTypeId, dataCenterId];
}

/** Whether a key is that of a cell of this GPU type. */
export const isInRow = (key: CellKey | null, gpuTypeId: string): boolean => key?.startsWith(`${gpuTypeId}\n`) === true;

/** Whether a key is that of a cell in this data center. */
export const isInColumn = (key: CellKey | null, dataCenterId: string): boolean =>
  key?.endsWith(`\n${dataCenterId}`) === true;

export const cellKeyOf = ({ gpuType, dataCenter }: Cell): CellKey => cellKey(gpuType.id, dataCenter.id);

/** How a stock level is shown. The letter is clear without colour. The tone is a CSS class. */
export interface StockLabel {
  readonly letter: string;
  readonly tone: 'high' | 'medium' | 'low' | 'in-stock' | 'none' | 'unknown';
  readonly text: string;
}

const STOCK_LABELS: Record<StockLevel, StockLabel> = {
  HIGH: { letter: 'H', tone: 'high', text: 'high stock' },
  MEDIUM: { letter: 'M', tone: 'medium', text: 'medium stock' },
  LOW: { letter: 'L', tone: 'low', text: 'low stock' },
  NONE: { letter: '·', tone: 'none', text: 'no stock' },
  UNKNOWN: { letter: '?', tone: 'unknown', text: 'unknown' },
};

/** The label of a cell that is in stock, at a level that the gateway does not know. */
const IN_STOCK: StockLabel = { letter: '✓', tone: 'in-stock', text: 'in stock, level unknown' };

/** Every label, from high stock to unknown stock. */
export const ALL_STOCK_LABELS: readonly StockLabel[] = [
  STOCK_LABELS.HIGH,
  STOCK_LABELS.MEDIUM,
  STOCK_LABELS.LOW,
  IN_STOCK,
  STOCK_LABELS.NONE,
  STOCK_LABELS.UNKNOWN,
];

export function stockLabelOf({ stock, available }: Pick<Cell, 'stock' | 'available'>): StockLabel {
  return stock === 'UNKNOWN' && available === true ? IN_STOCK : STOCK_LABELS[stock];
}

/** Whether `next` replaces `known`. An older observation never replaces a newer one. */
export function supersedes(next: Cell, known: Cell | undefined): boolean {
  if (known === undefined || known.observedAt === null) return true;
  if (next.observedAt === null) return next.stock === 'UNKNOWN';
  // Most cells arrive again with the same `observedAt`. So the texts are compared first, which is faster than parsing dates.
  return next.observedAt === known.observedAt || Date.parse(next.observedAt) >= Date.parse(known.observedAt);
}

/** Whether a visitor can see a difference between two observations of a cell, apart from their age. */
export function differs(next: Cell, known: Cell): boolean {
  return (
    next.stock !== known.stock ||
    next.available !== known.available ||
    next.onDemandPrice?.perGpu !== known.onDemandPrice?.perGpu ||
    next.spotPrice?.perGpu !== known.spotPrice?.perGpu
  );
}
