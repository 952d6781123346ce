import { answerAvailability } from '../answer-availability.ts';
import type { GpuTypeResolvers } from '../types.generated.ts';

export const gpuType: GpuTypeResolvers = {
  // A copy, since @apollo/subgraph writes the name of the type into it.
  async __resolveReference({ id }, { loaders }) {
    const found = await loaders.gpuType(id);
    return found === null ? null : { ...found };
  },

  availability: (parent, args, context) => answerAvailability(context, args, { gpuTypes: [parent] }),
};
