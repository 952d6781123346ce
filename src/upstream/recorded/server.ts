import { createGraphQLError, createSchema, createYoga, type YogaServerInstance } from 'graphql-yoga';
import { readProjectFile } from '../../project-folder.ts';
import type { RecordedPrice, Recording } from './recording.ts';

const SDL = 'schema/upstream.graphqls';

interface LowestPriceInput {
  readonly gpuCount: number;
  readonly dataCenterId?: string | null;
  readonly secureCloud?: boolean | null;
}

/** RunPod's answer about a GPU type that has no stock in a data center. */
const NOTHING: RecordedPrice = {
  stockStatus: null,
  uninterruptablePrice: null,
  minimumBidPrice: null,
  availableGpuCounts: null,
};

/**
 * Creates a GraphQL server that has RunPod's SDL and answers from a recording. Only the prices of secure cloud by data center were
 * recorded. The server rejects requests for any other prices, because it must not invent answers.
 */
export function createRecordedServer(recording: Recording): YogaServerInstance<object, object> {
  const priceByCell = new Map(
    recording.lowestPrices.map((row) => [cellKey(row.gpuTypeId, row.dataCenterId), row.lowestPrice]),
  );
  const resolvers = {
    Query: {
      gpuTypes: (
        _root: unknown,
        { input }: { input?: { id?: string | null; ids?: readonly string[] | null } | null },
      ) =>
        recording.gpuTypes.filter(({ id }) => {
          const requested = input?.id ?? id;
          return id === requested && (id === null || (input?.ids?.includes(id) ?? true));
        }),
      dataCenters: () => recording.dataCenters,
    },
    GpuType: {
      lowestPrice({ id }: { id: string }, { input }: { input?: LowestPriceInput | null }) {
        if (input?.secureCloud !== true || !input.dataCenterId) {
          throw createGraphQLError(
            'The recording covers secure cloud only, by data center: pass secureCloud: true and a dataCenterId',
          );
        }
        return forGpuCount(priceByCell.get(cellKey(id, input.dataCenterId)) ?? NOTHING, input.gpuCount);
      },
    },
  };
  return createYoga({
    schema: createSchema({ typeDefs: readProjectFile(SDL), resolvers }),
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
  });
}

/** Returns a unique map key for a GPU type in a data center. JSON escapes quotes in the ids, so different ids never give the same key. */
const cellKey = (gpuTypeId: string, dataCenterId: string) => JSON.stringify([gpuTypeId, dataCenterId]);

/**
 * Derives the answer for pods of `gpuCount` GPUs from the recorded answer for pods of one GPU. The recorded pod sizes show whether such a
 * pod can be rented. Its price is the recorded price times `gpuCount`. Its stock level is unknown, so the answer contains the word
 * 'Available', which means no particular level.
 */
function forGpuCount(price: RecordedPrice, gpuCount: number): RecordedPrice {
  if (gpuCount === 1) return price;
  if (price.availableGpuCounts?.includes(gpuCount) !== true)
    return { ...NOTHING, availableGpuCounts: price.availableGpuCounts };
  const scale = (value: unknown) => (typeof value === 'number' ? Number((value * gpuCount).toFixed(10)) : null);
  return {
    ...price,
    stockStatus: 'Available',
    uninterruptablePrice: scale(price['uninterruptablePrice']),
    minimumBidPrice: scale(price['minimumBidPrice']),
  };
}
