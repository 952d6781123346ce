import { answerAvailability } from '../answer-availability.ts';
import type { QueryResolvers } from '../types.generated.ts';

export const query: QueryResolvers = {
  gpuAvailability: (_root, args, { loaders }) => answerAvailability(loaders, args),

  async gpuTypes(_root, { manufacturer, minMemoryGb }, { loaders }) {
    const gpuTypes = await loaders.gpuTypes();
    return gpuTypes.filter(
      (gpuType) =>
        (manufacturer == null || gpuType.manufacturer === manufacturer) &&
        (minMemoryGb == null || (gpuType.memoryGb !== null && gpuType.memoryGb >= minMemoryGb)),
    );
  },

  async gpuType(_root, { id }, { loaders }) {
    const gpuTypes = await loaders.gpuTypes();
    return gpuTypes.find((gpuType) => gpuType.id === id) ?? null;
  },

  async dataCenters(_root, { region }, { loaders }) {
    const dataCenters = await loaders.dataCenters();
    return region == null ? dataCenters : dataCenters.filter((dataCenter) => dataCenter.region === region);
  },

  async dataCenter(_root, { id }, { loaders }) {
    const dataCenters = await loaders.dataCenters();
    return dataCenters.find((dataCenter) => dataCenter.id === id) ?? null;
  },

  async upstream(_root, _args, { loaders, upstreamStatus }) {
    await loaders.settled();
    return upstreamStatus();
  },
};
