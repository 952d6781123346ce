/** A subgraph with a team's notes about GPU types. The subgraph does not know RunPod. It adds fields to the gateway's type GpuType. */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

interface Note {
  readonly text: string;
  readonly writtenOn: string;
  readonly gpuTypeId: string;
}

/** A GPU type as the federation gateway sends it to this subgraph: the id, and the values that the requested fields require. */
interface GpuTypeReference {
  readonly id: string;
  readonly memoryGb?: number | null;
  readonly securePrice?: number | null;
}

/** The notes, newest first. */
const NOTES: readonly Note[] = [
  {
    text: 'Good for Stable Diffusion; too little memory for 70B models.',
    writtenOn: '2025-11-03',
    gpuTypeId: 'NVIDIA GeForce RTX 4090',
  },
  {
    text: 'Ask the platform team before renting more than two.',
    writtenOn: '2025-10-20',
    gpuTypeId: 'NVIDIA H100 80GB HBM3',
  },
  { text: 'Our default for experiments.', writtenOn: '2025-06-12', gpuTypeId: 'NVIDIA GeForce RTX 4090' },
];

const resolvers = {
  Query: { notes: () => NOTES },
  Note: { gpuType: ({ gpuTypeId }: Note): GpuTypeReference => ({ id: gpuTypeId }) },
  GpuType: {
    __resolveReference: (reference: GpuTypeReference) => reference,
    notes: ({ id }: GpuTypeReference) => NOTES.filter(({ gpuTypeId }) => gpuTypeId === id),
    gbPerDollar: ({ memoryGb, securePrice }: GpuTypeReference) =>
      memoryGb == null || !securePrice ? null : Math.round((memoryGb / securePrice) * 100) / 100,
  },
};

/** Creates the schema of the subgraph. */
export function createNotesSchema() {
  const typeDefs = parse(readFileSync(new URL('notes.graphql', import.meta.url), 'utf8'));
  return buildSubgraphSchema({ typeDefs, resolvers });
}
