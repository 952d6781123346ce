import { resolveAvailability } from '../availability/resolve-availability.ts';
import { QUERY_BYTES, REFERENCE_BYTES, withBoundedErrors } from '../cost/bounded-errors.ts';
import { spendDataCenters } from '../cost/listed-size.ts';
import { sizeOfOne } from '../cost/report-size.ts';
import type { DataCenterResolvers } from '../types.generated.ts';

export const dataCenter: DataCenterResolvers = {
  __resolveReference: ({ id }, context, info) =>
    withBoundedErrors(context, REFERENCE_BYTES, async () => {
      const { loaders } = context;
      const found = await loaders.dataCenter(id);
      if (found !== null) await spendDataCenters(loaders, info, 1, 'DataCenter');
      return found;
    }),

  availability: (parent, args, context, info) =>
    withBoundedErrors(context, QUERY_BYTES, () =>
      resolveAvailability(context, args, (lists) => sizeOfOne(info, lists), { dataCenters: [parent] }),
    ),
};
