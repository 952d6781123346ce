import { Kind } from 'graphql';
import { answerAvailability } from '../answer-availability.ts';
import { refuseNegative } from '../conditions.ts';
import { createMention } from '../mentions.ts';
import { isDeliveredInParts, streamAvailability } from '../stream-availability.ts';
import type { QueryResolvers } from '../types.generated.ts';

/** Whether the operation asks for the availability of GPU types or data centers. */
const asksAvailability = createMention(Kind.FIELD, new Set(['availability']));

export const query: QueryResolvers = {
  gpuAvailability: (_root, args, context, info) =>
    isDeliveredInParts(info) ? streamAvailability(context, args) : answerAvailability(context, args),

  async gpuTypes(_root, { manufacturer, minMemoryGb }, { loaders }) {
    refuseNegative('minMemoryGb', minMemoryGb);
    const gpuTypes = await loaders.gpuTypes();
    return gpuTypes.filter(
      (gpuType) =>
        (manufacturer == null || gpuType.manufacturer === manufacturer) &&
        (minMemoryGb == null || (gpuType.memoryGb !== null && gpuType.memoryGb >= minMemoryGb)),
    );
  },

  gpuType(_root, { id }, { loaders }, info) {
    const found = loaders.gpuType(id);
    if (asksAvailability(info)) loadAhead(loaders.dataCenters());
    return found;
  },

  async dataCenters(_root, { region }, { loaders }) {
    const dataCenters = await loaders.dataCenters();
    return region == null ? dataCenters : dataCenters.filter((dataCenter) => dataCenter.region === region);
  },

  dataCenter(_root, { id }, { loaders }, info) {
    const found = loaders.dataCenter(id);
    if (asksAvailability(info)) loadAhead(loaders.gpuTypes());
    return found;
  },

  async upstream(_root, _args, { loaders, upstreamStatus }) {
    loaders.validity.readMoment();
    await loaders.settled();
    return upstreamStatus();
  },
};

/** For what a field further in will need and then need not wait for; should it fail, that is said there. */
function loadAhead(loading: Promise<unknown>): void {
  loading.catch(() => {});
}
