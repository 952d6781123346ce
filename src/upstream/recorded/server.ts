import { readFileSync } from 'node:fs';
import { createGraphQLError, createSchema, createYoga, type YogaServerInstance } from 'graphql-yoga';
import { PROJECT } from '../../project-folder.ts';
import type { RecordedPrice, Recording } from './recording.ts';

const SDL = new URL('schema/upstream.graphqls', PROJECT);

interface LowestPriceInput {
  readonly gpuCount: number;
  readonly dataCenterId?: string | null;
  readonly secureCloud?: boolean | null;
}

/** What RunPod answers where it has nothing. */
const NOTHING: RecordedPrice = {
  stockStatus: null,
  uninterruptablePrice: null,
  minimumBidPrice: null,
  availableGpuCounts: null,
};

/**
 * A GraphQL server over RunPod's SDL that answers from a recording. It answers what was recorded, secure cloud by data
 * center, and refuses the rest with an error rather than inventing it.
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
          const wanted = input?.id ?? id;
          return id === wanted && (id === null || (input?.ids?.includes(id) ?? true));
        }),
      dataCenters: () => recording.dataCenters,
    },
    GpuType: {
      lowestPrice({ id }: { id: string }, { input }: { input?: LowestPriceInput | null }) {
        if (input?.secureCloud !== true || !input.dataCenterId) {
          throw createGraphQLError('Only secure cloud in a data center was recorded');
        }
        return forGpuCount(priceByCell.get(cellKey(id, input.dataCenterId)) ?? NOTHING, input.gpuCount);
      },
    },
  };
  return createYoga({
    schema: createSchema({ typeDefs: readFileSync(SDL, 'utf8'), resolvers }),
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
  });
}

/** Separates the parts by a character that JSON text cannot hold unescaped, so that no two cells share a key. */
const cellKey = (gpuTypeId: string, dataCenterId: string) => JSON.stringify([gpuTypeId, dataCenterId]);

/**
 * The answer for pods of another size than the recorded one: whether such a pod can be rented is known from the recorded
 * pod sizes, its price from the price for one GPU, but not how many there are. 'Available' stands for that.
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
