import { readFileSync } from 'node:fs';
import { createSchema, createYoga, type YogaServerInstance } from 'graphql-yoga';
import { answerWith, type Faults } from './fake-runpod.ts';

const SDL = readFileSync(new URL('../../schema/upstream.graphqls', import.meta.url), 'utf8');

/** GPU type ids that are hard to handle. Two of them differ only in letter case. */
const TYPE_IDS = [
  'NVIDIA A',
  'nvidia A',
  '__proto__',
  '"',
  ' x ',
  'ä\u0308🙂',
  'AMD M',
  '["q","r"]',
  'constructor',
  'fails',
  'fails for 2',
];
const PLACE_IDS = ['EU-RO-1', 'Eu-ro-1', 'US-TX-3', 'CA-MTL-1', 'AP-JP-1', '__proto__', '\\', 'a,b', '🙂'];

/** Values of `stockStatus`: words that mean a stock level, words that do not, and `null` for an answer without a word. */
const WORDS = ['Low', 'Medium', 'High', 'Plenty', 'None', null, 'Low', 'High', null] as const;

/**
 * Creates a server with RunPod's SDL and a few GPU types and data centers. Their ids are odd, some names occur twice, and values of every
 * kind may be unknown. The answers for some cells contradict themselves, so the gateway cannot observe these cells.
 */
export function createOddRunPod(): YogaServerInstance<object, object> {
  const gpuTypes = TYPE_IDS.map((id, index) => ({
    id,
    displayName: index % 4 === 1 ? null : `Type ${Math.floor(index / 2)}`,
    manufacturer: ['Nvidia', 'AMD', null][index % 3],
    memoryInGb: [24, null, 80, 0, 48, 141][index % 6],
    maxGpuCount: [8, null, 4, 0, 20, 10][(index + 1) % 6],
    secureCloud: [true, true, null, true, true, false, true][index % 7],
    communityCloud: true,
    securePrice: [0.5, 1.25, null, 2][index % 4],
    communityPrice: 0.1,
  }));
  const dataCenters = PLACE_IDS.map((id, index) => ({
    id,
    name: index % 3 === 0 ? null : 'Somewhere',
    location: null,
    storageSupport: [true, null, false, true][index % 4],
    globalNetwork: [null, true, true][index % 3],
    listed: true,
    compliance: [['GDPR', 'SOC_2_TYPE_2'], null, [], ['GDPR', null]][index % 4],
  }));
  const resolvers = {
    Query: {
      gpuTypes: (_root: unknown, { input }: { input?: { id?: string | null } | null }) =>
        gpuTypes.filter(({ id }) => id === (input?.id ?? id)),
      dataCenters: () => dataCenters,
    },
    GpuType: {
      lowestPrice: ({ id }: { id: string }, { input }: { input: { gpuCount: number; dataCenterId: string } }) =>
        priceOf(TYPE_IDS.indexOf(id), PLACE_IDS.indexOf(input.dataCenterId), input.gpuCount),
    },
  };
  return createYoga({ schema: createSchema({ typeDefs: SDL, resolvers }), logging: false, maskedErrors: false });
}

function priceOf(type: number, place: number, gpuCount: number): object | null {
  const number = type * 7 + place * 5 + gpuCount * 3;
  if (number % 11 === 0) return null;
  const stockStatus = WORDS[number % WORDS.length];
  const quote = number % 4 === 0 ? null : 0.25 * gpuCount * (1 + (number % 6));
  // An answer that lists a pod size as available, but has no word for the stock of that size, contradicts itself.
  const availableGpuCounts = stockStatus === null && number % 5 === 0 ? [gpuCount] : null;
  return { stockStatus, uninterruptablePrice: quote, minimumBidPrice: null, availableGpuCounts };
}

/**
 * Faults for the server of `createOddRunPod`. Requests for one GPU type always fail. Requests for another GPU type fail only for pods of
 * two GPUs.
 */
export const ODD_FAULTS: Faults = ({ variables }) => {
  const id = variables?.['gpuTypeId'];
  const fails = id === 'fails' || (id === 'fails for 2' && variables?.['gpuCount'] === 2);
  return fails ? answerWith(200, '{"errors":[{"message":"something went wrong"}]}') : undefined;
};
