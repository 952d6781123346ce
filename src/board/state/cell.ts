import type { BoardCellFragment, StockLevel } from '../graphql/graphql.ts';

/** What is known of one GPU type in one data center, for pods of the chosen size. */
export type Cell = BoardCellFragment;

/** Names a cell. */
export type CellKey = `${string}\n${string}`;

/** Cells by their key. */
export type Cells = ReadonlyMap<CellKey, Cell>;

export const cellKey = (gpuTypeId: string, dataCenterId: string): CellKey => `${gpuTypeId}\n${dataCenterId}`;

export const cellKeyOf = ({ gpuType, dataCenter }: Cell): CellKey => cellKey(gpuType.id, dataCenter.id);

/** How a cell looks: a letter that says it without colour, a tone for the style sheet, and words. */
export interface StockLabel {
  readonly letter: string;
  readonly tone: 'high' | 'medium' | 'low' | 'some' | 'none' | 'unknown';
  readonly text: string;
}

const STOCK_LABELS: Record<StockLevel, StockLabel> = {
  HIGH: { letter: 'H', tone: 'high', text: 'high stock' },
  MEDIUM: { letter: 'M', tone: 'medium', text: 'medium stock' },
  LOW: { letter: 'L', tone: 'low', text: 'low stock' },
  NONE: { letter: '-', tone: 'none', text: 'none' },
  UNKNOWN: { letter: '?', tone: 'unknown', text: 'not known' },
};

/** In stock, at a level that the gateway does not know. */
const SOME: StockLabel = { letter: '✓', tone: 'some', text: 'in stock, level not told' };

/** Every face, from the most stock to the least known. */
export const ALL_STOCK_LABELS: readonly StockLabel[] = [
  STOCK_LABELS.HIGH,
  STOCK_LABELS.MEDIUM,
  STOCK_LABELS.LOW,
  SOME,
  STOCK_LABELS.NONE,
  STOCK_LABELS.UNKNOWN,
];

export function stockLabelOf({ stock, available }: Pick<Cell, 'stock' | 'available'>): StockLabel {
  return stock === 'UNKNOWN' && available === true ? SOME : STOCK_LABELS[stock];
}

/** Whether `next` may take the place of `known`: an answer that is older must not undo a newer one. */
export function supersedes(next: Cell, known: Cell | undefined): boolean {
  if (known === undefined || known.observedAt === null) return true;
  if (next.observedAt === null) return next.stock === 'UNKNOWN';
  return Date.parse(next.observedAt) >= Date.parse(known.observedAt);
}

/** Whether somebody who looks at the board would see a difference that is not age alone. */
export function differs(next: Cell, known: Cell): boolean {
  return (
    next.stock !== known.stock ||
    next.available !== known.available ||
    next.onDemandPrice?.perGpu !== known.onDemandPrice?.perGpu ||
    next.spotPrice?.perGpu !== known.spotPrice?.perGpu
  );
}
