import type { Recording } from '../../src/upstream/recorded/recording.ts';
import { podPrice, type World } from './world.ts';
import { toGraphQLDataCenters, toGraphQLGpuTypes, WORDS } from './world-graphql.ts';

/**
 * Creates a recording of a world (a state of RunPod). The recording contains the stock levels of pods of one GPU. For other pod sizes, it
 * contains only whether they are in stock.
 */
export function toRecording(world: World): Recording {
  const priceOf = new Map(world.gpuTypes.map(({ id, price }) => [id, price.secure]));
  return {
    recordedAt: '2025-11-14T17:42:42.000Z',
    gpuTypes: toGraphQLGpuTypes(world),
    dataCenters: toGraphQLDataCenters(world),
    lowestPrices: world.stock.map(({ gpuTypeId, dataCenterId, levels }) => ({
      gpuTypeId,
      dataCenterId,
      lowestPrice: {
        stockStatus: WORDS[levels.get(1) ?? 'LOW'],
        uninterruptablePrice: priceOf.get(gpuTypeId) ?? null,
        minimumBidPrice: podPrice((priceOf.get(gpuTypeId) ?? 0) / 2, 1),
        availableGpuCounts: [...levels.keys()],
      },
    })),
  };
}
