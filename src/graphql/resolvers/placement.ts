import { GRAPHQL_MAX_INT } from 'graphql';
import { toCreateRequest } from '../../domain/placement/create-request.ts';
import { exclusionsOf } from '../../domain/placement/exclusions.ts';
import { CELL_BYTES, sizeOfOne } from '../cost/report-size.ts';
import { resolveRelaxations } from '../placement/resolve-relaxations.ts';
import { needsGlobalNetwork } from '../placement/resolved-placement.ts';
import type { PlacementOptionResolvers, PlacementResolvers } from '../types.generated.ts';

export const placement: PlacementResolvers = {
  options({ options, first, query }, _args, { loaders, pace }, info) {
    const globalNetwork = needsGlobalNetwork(query);
    const shown = options.slice(0, first).map((row) => ({ row, globalNetwork }));
    const bytes = sizeOfOne(info, query).fixed;
    loaders.budget.spendBytes(bytes * shown.length);
    return listOf(pace.spread(shown, bytes));
  },

  totalCount: ({ options }) => options.length,

  excluded({ query, rowsOf }, _args, { loaders, pace }, info) {
    const bytes = sizeOfOne(info, query).fixed;
    // An operation may select this field many times, under different aliases. If the operation is large, `pace.run` spreads the work over
    // several turns of the event loop.
    return pace.run(() => {
      pace.spend(CELL_BYTES * query.gpuTypes.length * query.dataCenters.length);
      const excluded = exclusionsOf(query, rowsOf);
      loaders.budget.spendBytes(bytes * excluded.length);
      return listOf(pace.spread(excluded, bytes));
    });
  },

  relaxations: (parent, _args, context) => resolveRelaxations(context, parent),
};

export const placementOption: PlacementOptionResolvers = {
  availability: ({ row }) => row,
  totalMemoryGb: ({ row }) => Math.min(row.gpuCount * (row.gpuType.memoryGb ?? 0), GRAPHQL_MAX_INT),
  createRequest: ({ row, globalNetwork }) => toCreateRequest(row, { globalNetwork }),
};

/**
 * Returns the items unchanged, with the type that the generated resolver types require. These types do not allow async iterables, although
 * the executor accepts them.
 */
const listOf = <T>(items: readonly T[] | AsyncIterable<T>): readonly T[] => items as readonly T[];
