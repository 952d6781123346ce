/** The raw answer of RunPod's GraphQL API for a cell (a GPU type in a data center). If the cell has no stock, all its fields are null. */
export interface RawStock {
  readonly stockStatus: string | null;
  readonly uninterruptablePrice: number | null;
  readonly minimumBidPrice: number | null;
  readonly availableGpuCounts: readonly number[] | null;
}

/** The raw answer for a cell without stock. */
export const NOTHING: RawStock = {
  stockStatus: null,
  uninterruptablePrice: null,
  minimumBidPrice: null,
  availableGpuCounts: null,
};

/** Creates the raw answer for a cell in stock. Its prices are in US dollars per hour for the whole pod. */
export const inStock = (
  stockStatus: string,
  uninterruptablePrice = 1,
  minimumBidPrice: number | null = null,
): RawStock => ({
  ...NOTHING,
  stockStatus,
  uninterruptablePrice,
  minimumBidPrice,
});

/** The cells for which a stand-in for RunPod does not report the recorded stock, but other stock. */
export interface StockTable {
  set(gpuTypeId: string, dataCenterId: string, stock: RawStock): void;
  /** Returns the response `good` to a price request, with the cells of this table instead of the recorded cells. */
  amend(request: { readonly variables?: Record<string, unknown> }, good: string): string;
}

/** Creates an empty table of the cells whose stock differs from the recording. Its entries apply to every pod size. */
export function createStockTable(): StockTable {
  const byType = new Map<string, Map<string, RawStock>>();
  return {
    set(gpuTypeId, dataCenterId, stock) {
      byType.set(gpuTypeId, (byType.get(gpuTypeId) ?? new Map<string, RawStock>()).set(dataCenterId, stock));
    },
    amend({ variables = {} }, good) {
      const changed = byType.get(String(variables['gpuTypeId']));
      if (changed === undefined) return good;
      const answer = JSON.parse(good);
      for (const [alias, id] of Object.entries(variables)) {
        const stock = changed.get(String(id));
        if (alias.startsWith('dc_') && stock !== undefined) answer.data.gpuTypes[0][alias] = stock;
      }
      return JSON.stringify(answer);
    },
  };
}
