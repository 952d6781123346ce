import { answerAvailability } from '../answer-availability.ts';
import { sizeOfOne } from '../answer-size.ts';
import { spendDataCenters } from '../listed-size.ts';
import type { DataCenterResolvers } from '../types.generated.ts';

export const dataCenter: DataCenterResolvers = {
  // A copy, since @apollo/subgraph writes the name of the type into it.
  async __resolveReference({ id }, { loaders }, info) {
    const found = await loaders.dataCenter(id);
    if (found !== null) await spendDataCenters(loaders, info, 1, 'DataCenter');
    return found === null ? null : { ...found };
  },

  availability: (parent, args, context, info) =>
    answerAvailability(context, args, (lists) => sizeOfOne(info, lists), { dataCenters: [parent] }),
};
