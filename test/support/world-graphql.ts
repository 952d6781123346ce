import { readFileSync } from 'node:fs';
import { createSchema, createYoga, type YogaServerInstance } from 'graphql-yoga';
import { indexStock, podPrice, type World } from './world.ts';

/** The form of the answers of RunPod's GraphQL API. Each property selects one of the variants that RunPod has sent or may send. */
export interface GraphQLForm {
  /** How the API shows a cell without stock: as an object whose fields are all null, or as null. */
  readonly nothing: 'nulls' | 'null';
  /**
   * The year that determines the form of spot prices and pod sizes. In 2025, bids were below the on-demand price, and pod sizes were
   * listed. Since the summer of 2026, every bid has been equal to the on-demand price, and pod sizes have been missing.
   */
  readonly year: 2025 | 2026;
}

const SDL = readFileSync(new URL('../../schema/upstream.graphqls', import.meta.url), 'utf8');

/** The words of RunPod's GraphQL API for the stock levels. */
export const WORDS = { LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High' } as const;

/**
 * Creates a server with the SDL of RunPod's GraphQL API that serves a world (a state of RunPod). If an answer does not match the SDL,
 * graphql-js reports an error.
 */
export function createGraphQLWorld(world: World, form: GraphQLForm): YogaServerInstance<object, object> {
  const levelOf = indexStock(world);
  const sizesOf = (gpuTypeId: string, dataCenterId: string) =>
    Array.from({ length: 16 }, (_, index) => index + 1).filter(
      (size) => levelOf(gpuTypeId, dataCenterId, size) !== 'NONE',
    );

  function lowestPrice({ id, securePrice }: { id: string; securePrice: number }, gpuCount: number, place: string) {
    const level = levelOf(id, place, gpuCount);
    const availableGpuCounts = form.year === 2025 ? sizesOf(id, place) : null;
    if (level === 'NONE') {
      const nulls = { stockStatus: null, uninterruptablePrice: null, minimumBidPrice: null, availableGpuCounts };
      return form.nothing === 'nulls' ? nulls : null;
    }
    const price = podPrice(securePrice, gpuCount);
    const minimumBidPrice = form.year === 2025 ? podPrice(securePrice / 2, gpuCount) : price;
    return { stockStatus: WORDS[level], uninterruptablePrice: price, minimumBidPrice, availableGpuCounts };
  }

  const gpuTypes = toGraphQLGpuTypes(world);
  const resolvers = {
    Query: {
      gpuTypes: (_root: unknown, { input }: { input?: { id?: string | null } | null }) =>
        gpuTypes.filter(({ id }) => id === (input?.id ?? id)),
      dataCenters: () => toGraphQLDataCenters(world),
    },
    GpuType: {
      lowestPrice(
        gpuType: (typeof gpuTypes)[number],
        { input }: { input: { gpuCount: number; dataCenterId: string; secureCloud: boolean } },
      ) {
        if (!input.secureCloud || !input.dataCenterId) throw new Error('a world has only secure cloud by data center');
        return lowestPrice(gpuType, input.gpuCount, input.dataCenterId);
      },
    },
  };
  return createYoga({ schema: createSchema({ typeDefs: SDL, resolvers }), logging: false, maskedErrors: false });
}

/** Returns the GPU types of a world as the GraphQL API lists them. The list includes the entry `unknown`, which is not a real GPU type. */
export const toGraphQLGpuTypes = ({ gpuTypes }: World) => [
  ...gpuTypes.map(({ id, name, manufacturer, memoryGb, offered, price, maxGpuCount }) => ({
    id,
    displayName: name,
    manufacturer: { NVIDIA: 'Nvidia', AMD: 'AMD', UNKNOWN: 'Unknown' }[manufacturer],
    memoryInGb: memoryGb,
    maxGpuCount: Math.max(maxGpuCount.secure, maxGpuCount.community),
    secureCloud: offered.secure,
    communityCloud: offered.community,
    securePrice: price.secure,
    communityPrice: price.community,
  })),
  { id: 'unknown', displayName: 'unknown', memoryInGb: 0, secureCloud: false, communityCloud: false, securePrice: 0 },
];

/** Returns the data centers of a world as the GraphQL API lists them. */
export const toGraphQLDataCenters = ({ dataCenters }: World) =>
  dataCenters.map(({ id, networkVolume, globalNetwork, compliance }) => ({
    id,
    name: id,
    location: 'Somewhere',
    storageSupport: networkVolume,
    globalNetwork,
    listed: true,
    compliance,
  }));
