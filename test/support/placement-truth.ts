/** The conditions of a query for placement, as a client sends them. A condition that is `null` has no effect. */
export interface Needs {
  readonly gpuCount?: number | null;
  readonly minMemoryGb?: number | null;
  readonly minTotalMemoryGb?: number | null;
  readonly gpuTypeIds?: readonly string[] | null;
  readonly manufacturer?: string | null;
  readonly maxPricePerHour?: number | null;
  readonly regions?: readonly string[] | null;
  readonly countryCodes?: readonly string[] | null;
  readonly dataCenterIds?: readonly string[] | null;
  readonly networkVolume?: boolean | null;
  readonly globalNetwork?: boolean | null;
  readonly compliance?: readonly string[] | null;
  readonly minStock?: string | null;
}

/** A row of gpuAvailability. */
export interface MatrixRow {
  readonly gpuType: {
    readonly id: string;
    readonly displayName: string;
    readonly manufacturer: string;
    readonly memoryGb: number | null;
    readonly maxGpuCount: number | null;
    readonly secureCloud: boolean | null;
  };
  readonly dataCenter: {
    readonly id: string;
    readonly region: string;
    readonly countryCode: string | null;
    readonly networkVolume: boolean | null;
    readonly globalNetwork: boolean | null;
    readonly compliance: readonly string[] | null;
  };
  readonly available: boolean | null;
  readonly stock: string;
  readonly onDemandPrice: { readonly perPod: number } | null;
}

/** The query for all rows of a pod size. */
export const MATRIX = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) { nodes {
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud }
  dataCenter { id region countryCode networkVolume globalNetwork compliance } available stock onDemandPrice { perPod } } } }`;

/** What the gateway must report for a cell (a GPU type in a data center): that it is an option, or why it is excluded. */
export interface CellTruth {
  readonly gpuTypeId: string;
  readonly dataCenterId: string;
  readonly gpuCount: number;
  /** The first reason to exclude the cell, or `null` if the cell is an option. */
  readonly reason: string | null;
  /** The row of the cell. It is `null` if the cell is excluded regardless of its stock and its price. */
  readonly row: MatrixRow | null;
}

/** Resolves to the rows of a pod size, for all GPU types and data centers. */
export type MatrixOf = (gpuCount: number) => Promise<Matrix>;

/** All rows of a pod size, both as a list and by the names of their cells. */
export interface Matrix {
  readonly rows: readonly MatrixRow[];
  /**
   * The ids of the GPU types with a cell that could not be observed. The gateway does not keep the answers about these GPU types in memory.
   */
  readonly incompleteTypes: ReadonlySet<string>;
  readonly byCell: ReadonlyMap<string, MatrixRow>;
}

/** Returns a name for the cell of a GPU type and a data center. The name is unique, because no id in the tests contains a line break. */
export const cellName = (gpuTypeId: string, dataCenterId: string): string => `${gpuTypeId}\n${dataCenterId}`;

/**
 * Determines for each cell whether it is an option. Checks every need for every cell. Reads only rows of gpuAvailability, and shares no
 * code with the gateway.
 */
export async function judgeCells(needs: Needs, matrixOf: MatrixOf): Promise<readonly CellTruth[]> {
  const { rows } = await matrixOf(1);
  const cells = rows.map(({ gpuType, dataCenter }): CellTruth => {
    const gpuCount = sizeFor(gpuType, needs);
    const reason = earlyReason(gpuType, dataCenter, gpuCount, needs);
    return { gpuTypeId: gpuType.id, dataCenterId: dataCenter.id, gpuCount, reason, row: null };
  });
  const sizes = new Set(cells.filter(({ reason }) => reason === null).map(({ gpuCount }) => gpuCount));
  const matrices = new Map<number, Matrix>();
  // oxlint-disable-next-line no-await-in-loop -- Each matrix of a large world takes seconds of one processor.
  for (const size of sizes) matrices.set(size, await matrixOf(size));
  return cells.map((cell): CellTruth => {
    if (cell.reason !== null) return cell;
    const row = matrices.get(cell.gpuCount)?.byCell.get(cellName(cell.gpuTypeId, cell.dataCenterId));
    if (row === undefined) throw new Error(`gpuAvailability has no row for ${cell.gpuTypeId} in ${cell.dataCenterId}`);
    return { ...cell, reason: observedReason(row, needs), row };
  });
}

/** Returns the cells that are options, in the preferred order. */
export function rankOptions(cells: readonly CellTruth[], prefer: 'CHEAPEST' | 'LIKELIEST'): readonly CellTruth[] {
  const ranked = cells.flatMap((cell) => {
    if (cell.reason !== null || cell.row === null) return [];
    const price = cell.row.onDemandPrice?.perPod ?? Number.MAX_VALUE;
    const scarcity = ['HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'].indexOf(cell.row.stock);
    const wishes = prefer === 'CHEAPEST' ? [price, scarcity] : [scarcity, price];
    return [{ cell, keys: [...wishes, cell.row.gpuType.displayName, cell.dataCenterId, cell.gpuTypeId] }];
  });
  return ranked.toSorted((a, b) => compareKeys(a.keys, b.keys)).map(({ cell }) => cell);
}

function compareKeys(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] as number | string;
    if (left < right) return -1;
    if (left > right) return 1;
  }
  return 0;
}

/** Returns the number of GPUs in the pod: the number in the needs, or else the lowest number of GPUs that has enough total memory. */
function sizeFor({ memoryGb }: MatrixRow['gpuType'], { gpuCount, minTotalMemoryGb }: Needs): number {
  if (gpuCount != null) return gpuCount;
  if (memoryGb === null) return 1;
  let size = 1;
  while (size * memoryGb < (minTotalMemoryGb ?? 0)) size += 1;
  return size;
}

/**
 * Returns the first reason to exclude a cell, in the order of `PlacementReason`. Considers only reasons that do not depend on stock or
 * price. Returns `null` if no such reason applies.
 */
function earlyReason(
  gpuType: MatrixRow['gpuType'],
  dataCenter: MatrixRow['dataCenter'],
  gpuCount: number,
  needs: Needs,
): string | null {
  const { gpuTypeIds, manufacturer, minMemoryGb, minTotalMemoryGb } = needs;
  if (gpuTypeIds != null && !names(gpuTypeIds, gpuType.id)) return 'OTHER_GPU_TYPE';
  if (manufacturer != null && gpuType.manufacturer !== manufacturer) return 'OTHER_GPU_TYPE';
  const asksForMemory = minMemoryGb != null || minTotalMemoryGb != null;
  if (asksForMemory && gpuType.memoryGb === null) return 'TOO_LITTLE_MEMORY';
  const memoryGb = gpuType.memoryGb ?? 0;
  if (memoryGb < (minMemoryGb ?? 0) || memoryGb * gpuCount < (minTotalMemoryGb ?? 0)) return 'TOO_LITTLE_MEMORY';
  if (gpuCount > 16 || gpuCount > (gpuType.maxGpuCount ?? 16)) return 'TOO_MANY_GPUS';
  if (gpuType.secureCloud === false) return 'NOT_ON_SECURE_CLOUD';
  return fits(dataCenter, needs) ? null : 'OTHER_DATA_CENTER';
}

function fits(dataCenter: MatrixRow['dataCenter'], needs: Needs): boolean {
  const { regions, countryCodes, dataCenterIds, networkVolume, globalNetwork, compliance } = needs;
  if (regions != null && !regions.includes(dataCenter.region)) return false;
  if (countryCodes != null && !countryCodes.some((code) => code.toUpperCase() === dataCenter.countryCode)) return false;
  if (dataCenterIds != null && !names(dataCenterIds, dataCenter.id)) return false;
  if (networkVolume === true && dataCenter.networkVolume !== true) return false;
  if (globalNetwork === true && dataCenter.globalNetwork !== true) return false;
  const present = (dataCenter.compliance ?? []).map((one) => one.toLowerCase());
  return compliance == null || compliance.every((one) => present.includes(one.toLowerCase()));
}

/**
 * Returns whether `ids` contains this id, unchanged or in lower case. The generated needs contain an id in lower case only if no other id
 * is the same in lower case.
 */
const names = (ids: readonly string[], id: string): boolean => ids.includes(id) || ids.includes(id.toLowerCase());

/**
 * Returns the first reason to exclude a cell, in the order of `PlacementReason`. Considers only reasons that depend on stock or price.
 * Returns `null` if no such reason applies.
 */
function observedReason({ available, stock, onDemandPrice }: MatrixRow, needs: Needs): string | null {
  const { minStock, maxPricePerHour } = needs;
  if (available === null) return 'NOT_OBSERVED';
  if (!available) return 'OUT_OF_STOCK';
  const enough = { LOW: ['LOW', 'MEDIUM', 'HIGH'], MEDIUM: ['MEDIUM', 'HIGH'], HIGH: ['HIGH'] };
  if (minStock != null && !enough[minStock as 'LOW'].includes(stock)) return 'STOCK_TOO_LOW';
  if (maxPricePerHour == null) return null;
  if (onDemandPrice === null) return 'NO_PRICE';
  return onDemandPrice.perPod > maxPricePerHour ? 'TOO_EXPENSIVE' : null;
}
