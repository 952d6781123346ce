import { resolveAvailability } from '../availability/resolve-availability.ts';
import { QUERY_BYTES, REFERENCE_BYTES, withBoundedErrors } from '../cost/bounded-errors.ts';
import { spendGpuTypes } from '../cost/listed-size.ts';
import { sizeOfOne } from '../cost/report-size.ts';
import type { GpuTypeResolvers } from '../types.generated.ts';

export const gpuType: GpuTypeResolvers = {
  __resolveReference: ({ id }, context, info) =>
    withBoundedErrors(context, REFERENCE_BYTES, async () => {
      const { loaders } = context;
      const found = await loaders.gpuType(id);
      if (found !== null) await spendGpuTypes(loaders, info, 1, 'GpuType');
      return found;
    }),

  availability: (parent, args, context, info) =>
    withBoundedErrors(context, QUERY_BYTES, () =>
      resolveAvailability(context, args, (lists) => sizeOfOne(info, lists), { gpuTypes: [parent] }),
    ),
};
