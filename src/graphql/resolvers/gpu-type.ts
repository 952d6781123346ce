import { answerAvailability } from '../answer-availability.ts';
import type { GpuTypeResolvers } from '../types.generated.ts';

export const gpuType: GpuTypeResolvers = {
  availability: (parent, args, { loaders }) => answerAvailability(loaders, args, { gpuTypes: [parent] }),
};
