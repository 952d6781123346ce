import type { SeenRequest } from './fake-runpod.ts';

/** What RunPod tells of a cell; nothing in stock is an object of nulls. */
export interface RawStock {
  readonly stockStatus: string | null;
  readonly uninterruptablePrice: number | null;
  readonly minimumBidPrice: number | null;
  readonly availableGpuCounts: readonly number[] | null;
}

/** Nothing in stock. */
export const NOTHING: RawStock = {
  stockStatus: null,
  uninterruptablePrice: null,
  minimumBidPrice: null,
  availableGpuCounts: null,
};

/** In stock at a level, for a price per pod. */
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

/** Stock that is otherwise than in the recording. */
export interface StockTable {
  set(gpuTypeId: string, dataCenterId: string, stock: RawStock): void;
  /** The answer to a request for prices, changed as the table says. */
  amend(request: SeenRequest, good: string): string;
}

/** Everything is as recorded, for whatever count. */
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
