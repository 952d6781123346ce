import { Kind } from 'graphql';
import { refuseNegative } from '../availability/argument-checks.ts';
import { resolveAvailability } from '../availability/resolve-availability.ts';
import type { ResolvedReport } from '../availability/resolved-report.ts';
import { isDeliveredInParts, streamAvailability } from '../availability/stream-availability.ts';
import { QUERY_BYTES, withBoundedErrors } from '../cost/bounded-errors.ts';
import { spendDataCenters, spendGpuTypes } from '../cost/listed-size.ts';
import { sizeOfOne } from '../cost/report-size.ts';
import { createMention } from '../operation/mentions.ts';
import { resolvePlacement } from '../placement/resolve-placement.ts';
import type { ResolvedPlacement } from '../placement/resolved-placement.ts';
import type { QueryResolvers } from '../types.generated.ts';

/** Whether the operation selects the availability of single GPU types or data centers. */
const selectsAvailability = createMention(Kind.FIELD, new Set(['availability']));

export const query: QueryResolvers = {
  gpuAvailability: (_root, args, context, info) =>
    withBoundedErrors<ResolvedReport>(context, QUERY_BYTES, () =>
      (isDeliveredInParts(info) ? streamAvailability : resolveAvailability)(context, args, (lists) =>
        sizeOfOne(info, lists),
      ),
    ),

  placement: (_root, args, context, info) =>
    withBoundedErrors<ResolvedPlacement>(context, QUERY_BYTES, () =>
      resolvePlacement(context, args, (lists) => sizeOfOne(info, lists)),
    ),

  async gpuTypes(_root, { manufacturer, minMemoryGb }, { loaders }, info) {
    refuseNegative('minMemoryGb', minMemoryGb);
    const gpuTypes = await loaders.gpuTypes();
    const matching = gpuTypes.filter(
      (gpuType) =>
        (manufacturer == null || gpuType.manufacturer === manufacturer) &&
        (minMemoryGb == null || (gpuType.memoryGb !== null && gpuType.memoryGb >= minMemoryGb)),
    );
    await spendGpuTypes(loaders, info, matching.length);
    return matching;
  },

  async gpuType(_root, { id }, { loaders }, info) {
    const loading = loaders.gpuType(id);
    if (selectsAvailability(info)) loadAhead(loaders.dataCenters());
    const found = await loading;
    if (found !== null) await spendGpuTypes(loaders, info, 1);
    return found;
  },

  async dataCenters(_root, { region }, { loaders }, info) {
    const dataCenters = await loaders.dataCenters();
    const matching = region == null ? dataCenters : dataCenters.filter((dataCenter) => dataCenter.region === region);
    await spendDataCenters(loaders, info, matching.length);
    return matching;
  },

  async dataCenter(_root, { id }, { loaders }, info) {
    const loading = loaders.dataCenter(id);
    if (selectsAvailability(info)) loadAhead(loaders.gpuTypes());
    const found = await loading;
    if (found !== null) await spendDataCenters(loaders, info, 1);
    return found;
  },

  async upstream(_root, _args, { loaders, upstreamStatus }) {
    loaders.validity.readMoment();
    await loaders.settled();
    return upstreamStatus();
  },
};

/** Starts to load data that a nested field will need. Ignores a failure, because the nested field reports it. */
function loadAhead(loading: Promise<unknown>): void {
  loading.catch(() => {});
}
