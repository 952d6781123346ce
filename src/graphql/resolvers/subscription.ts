import type { GraphQLResolveInfo } from 'graphql';
import type { Change } from '../../domain/change.ts';
import { meets } from '../../domain/row-conditions.ts';
import { toConditions } from '../availability/conditions.ts';
import type { GraphQLContext } from '../context.ts';
import { sizeOfOne } from '../cost/report-size.ts';
import type { SubscriptionResolvers } from '../types.generated.ts';

export const subscription: SubscriptionResolvers = {
  gpuAvailabilityChanged: {
    async subscribe(
      _root,
      { lastEventId, ...args },
      { loaders, costOf, changes, client, payers, leaving, disconnect },
    ) {
      const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
      const { ofGpuType, ofDataCenter, ofRow, gpuCount } = toConditions(
        args,
        { gpuTypes, dataCenters },
        loaders.budget.maySuggest,
      );
      const wished = gpuTypes.filter(ofGpuType);
      return changes.subscribe({
        ofGpuType,
        gpuCount,
        keys: [...new Set(wished.flatMap((gpuType) => costOf({ gpuType, gpuCount })))],
        meetsConditions: ({ before, after }) =>
          ofDataCenter(after.dataCenter) && (meets(before, ofRow) || meets(after, ofRow)),
        lastEventId: lastEventId ?? null,
        client: client(),
        payers: payers(),
        signal: leaving(),
        onOverflow: disconnect,
      });
    },

    resolve(change: Change, _args: object, { loaders, pace }: GraphQLContext, info: GraphQLResolveInfo) {
      const { gpuType, dataCenter } = change.after;
      loaders.forget();
      pace.restart();
      loaders.budget.spendBytes(sizeOfOne(info, { gpuTypes: [gpuType], dataCenters: [dataCenter] }).fixed);
      return change;
    },
  },
};
