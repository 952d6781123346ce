import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Cell, Observation, StockLevel } from '../domain/observation.ts';

/** Everything that one source reports about its GPU types and data centers, for pods of one size. */
export interface World {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
  /** One observation for each GPU type that could be observed. */
  readonly observations: readonly Observation[];
}

/** A value from each of two sources. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** A cell that two sources report differently. If a source could not observe the cell, its value is `null`. */
export interface CellDifference<T> extends Pair<T | null> {
  readonly gpuTypeId: string;
  readonly dataCenterId: string;
}

/** The differences between two sources. */
export interface Comparison {
  readonly gpuTypesOnly: Pair<readonly string[]>;
  readonly dataCentersOnly: Pair<readonly string[]>;
  readonly stock: readonly CellDifference<StockLevel>[];
  /** The cells whose on-demand prices differ between the sources. The prices are in US dollars per pod and hour. */
  readonly price: readonly CellDifference<number>[];
  /** The number of cells that both sources observed. */
  readonly cells: number;
  /** The number of cells that only `a` reports as in stock, and the number that only `b` does. Both sources observed these cells. */
  readonly inStockOnly: Pair<number>;
  /** The number of cells that at least one source could not observe, although both sources list the GPU type and the data center. */
  readonly unknown: number;
  /** The number of cells whose GPU type or data center is listed by one source only. */
  readonly oneSided: number;
}

/** Compares the reports of two sources: their lists, and the cells whose GPU type and data center both of them list. */
export function compareWorlds(a: World, b: World): Comparison {
  const cellsOfA = indexCells(a);
  const cellsOfB = indexCells(b);
  const stock: CellDifference<StockLevel>[] = [];
  const price: CellDifference<number>[] = [];
  let cells = 0;
  const inStockOnly = { a: 0, b: 0 };
  let unknown = 0;
  for (const gpuTypeId of common(a.gpuTypes, b.gpuTypes)) {
    for (const dataCenterId of common(a.dataCenters, b.dataCenters)) {
      const [ofA, ofB] = [cellsOfA(gpuTypeId, dataCenterId), cellsOfB(gpuTypeId, dataCenterId)];
      if (ofA === null || ofB === null) unknown += 1;
      else cells += 1;
      if (ofA?.stock !== ofB?.stock) {
        stock.push({ gpuTypeId, dataCenterId, a: ofA?.stock ?? null, b: ofB?.stock ?? null });
      }
      if (ofA === null || ofB === null) continue;
      if (ofA.available !== ofB.available) inStockOnly[ofA.available ? 'a' : 'b'] += 1;
      const [priceOfA, priceOfB] = [ofA.onDemandPrice?.perPod ?? null, ofB.onDemandPrice?.perPod ?? null];
      const areBothInStock = ofA.available && ofB.available;
      if (areBothInStock && priceOfA !== priceOfB) price.push({ gpuTypeId, dataCenterId, a: priceOfA, b: priceOfB });
    }
  }
  return {
    gpuTypesOnly: onlyOf(a.gpuTypes, b.gpuTypes),
    dataCentersOnly: onlyOf(a.dataCenters, b.dataCenters),
    stock,
    price,
    cells,
    inStockOnly,
    unknown,
    oneSided: countAll(a.gpuTypes, b.gpuTypes) * countAll(a.dataCenters, b.dataCenters) - cells - unknown,
  };
}

type Row = { readonly id: string };

const countAll = (a: readonly Row[], b: readonly Row[]) => new Set([...a, ...b].map(({ id }) => id)).size;

function common(a: readonly Row[], b: readonly Row[]): readonly string[] {
  const ids = new Set(b.map(({ id }) => id));
  return a.map(({ id }) => id).filter((id) => ids.has(id));
}

function onlyOf(a: readonly Row[], b: readonly Row[]): Pair<readonly string[]> {
  const [ofA, ofB] = [new Set(a.map(({ id }) => id)), new Set(b.map(({ id }) => id))];
  return { a: [...ofA].filter((id) => !ofB.has(id)), b: [...ofB].filter((id) => !ofA.has(id)) };
}

/** Returns a function that finds the observed cell of a GPU type in a data center. For a cell that was not observed, it returns `null`. */
function indexCells({ observations }: World) {
  const byType = new Map(
    observations.map(({ gpuTypeId, cells }) => [gpuTypeId, new Map(cells.map((cell) => [cell.dataCenterId, cell]))]),
  );
  return (gpuTypeId: string, dataCenterId: string) => observed(byType.get(gpuTypeId)?.get(dataCenterId));
}

const observed = (cell: Cell | undefined) => (cell === undefined || cell.failure !== null ? null : cell);
