import { answerAvailability } from '../answer-availability.ts';
import type { DataCenterResolvers } from '../types.generated.ts';

export const dataCenter: DataCenterResolvers = {
  // A copy, since @apollo/subgraph writes the name of the type into it.
  async __resolveReference({ id }, { loaders }) {
    const found = await loaders.dataCenter(id);
    return found === null ? null : { ...found };
  },

  availability: (parent, args, context) => answerAvailability(context, args, { dataCenters: [parent] }),
};
