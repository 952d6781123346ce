/** A second subgraph: internal notes per GPU type. It knows nothing of RunPod, and hangs its fields on the gateway's GpuType. */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { serve } from './serve.ts';

interface Note {
  readonly text: string;
  readonly writtenOn: string;
}

/** What a federation gateway sends along: the id, and what a field requires. */
interface GpuTypeReference {
  readonly id: string;
  readonly memoryGb?: number | null;
  readonly securePrice?: number | null;
}

const NOTES: Readonly<Record<string, readonly Note[]>> = {
  'NVIDIA GeForce RTX 4090': [
    { text: 'Good for Stable Diffusion; too little memory for 70B models.', writtenOn: '2025-11-03' },
    { text: 'Our default for experiments.', writtenOn: '2025-06-12' },
  ],
  'NVIDIA H100 80GB HBM3': [{ text: 'Ask the platform team before renting more than two.', writtenOn: '2025-10-20' }],
};

const resolvers = {
  GpuType: {
    __resolveReference: (reference: GpuTypeReference) => reference,
    notes: ({ id }: GpuTypeReference) => NOTES[id] ?? [],
    gbPerDollar: ({ memoryGb, securePrice }: GpuTypeReference) =>
      memoryGb == null || securePrice == null ? null : Math.round((memoryGb / securePrice) * 100) / 100,
  },
};

/** The subgraph's schema. */
export const createNotesSchema = () => {
  const typeDefs = parse(readFileSync(new URL('notes.graphql', import.meta.url), 'utf8'));
  return buildSubgraphSchema({ typeDefs, resolvers });
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await serve('Notes', createYoga({ schema: createNotesSchema(), logging: false }));
}
