import { answerAvailability } from '../answer-availability.ts';
import type { DataCenterResolvers } from '../types.generated.ts';

export const dataCenter: DataCenterResolvers = {
  availability: (parent, args, { loaders }) => answerAvailability(loaders, args, { dataCenters: [parent] }),
};
