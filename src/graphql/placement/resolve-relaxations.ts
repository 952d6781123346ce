import { OperationTooComplexError } from '../../domain/errors.ts';
import { createPlacement, type RowsOf } from '../../domain/placement/placement.ts';
import { podsToRelax, type Relaxation, relaxationsOf } from '../../domain/placement/relaxations.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import type { GraphQLContext } from '../context.ts';
import { findPodRows, indexRows, loadPodRows, type PodScope } from './pod-rows.ts';
import type { ResolvedPlacement } from './resolved-placement.ts';

type RelaxationContext = Pick<GraphQLContext, 'loaders' | 'pace'>;

/**
 * Resolves the relaxations of a placement. RunPod is asked about further GPU types, but about no further pod sizes. Where the answer
 * depends on another pod size, rows of that size are used if they are in memory. If the requests to RunPod would exceed the budget, only
 * rows in memory are used.
 */
export function resolveRelaxations(
  context: RelaxationContext,
  placement: ResolvedPlacement,
): readonly Relaxation[] | Promise<readonly Relaxation[]> {
  const { loaders, pace } = context;
  const { query } = placement;
  const lists = { gpuTypes: query.gpuTypes, dataCenters: query.dataCenters };
  const scope = { pods: podsToRelax(query), dataCenters: query.dataCenters, lists };
  const known = findPodRows(loaders, scope);
  if (known !== null) return relax(context, placement, scope, known);
  const load = async () => relax(context, placement, scope, await pace.load(loadWithinBudget(loaders, scope)));
  return load();
}

async function loadWithinBudget(loaders: Loaders, scope: PodScope): Promise<readonly TypeRows[]> {
  try {
    return await loadPodRows(loaders, scope);
  } catch (error) {
    if (error instanceof OperationTooComplexError) return [];
    throw error;
  }
}

function relax(
  { loaders, pace }: RelaxationContext,
  { query, options }: ResolvedPlacement,
  scope: PodScope,
  typeRows: readonly TypeRows[],
): readonly Relaxation[] {
  pace.spend(CELL_BYTES * typeRows.length * scope.dataCenters.length);
  const loaded = indexRows(scope.pods, typeRows);
  const rowsOf: RowsOf = (pod) => {
    const rows = loaded(pod) ?? findPodRows(loaders, { ...scope, pods: [pod] })?.[0] ?? null;
    if (rows !== null) read.push(rows);
    return rows;
  };
  const read: TypeRows[] = [];
  const relaxations = relaxationsOf(query, options.length, rowsOf);
  // The response is valid no longer than the rows that its relaxations depend on.
  loaders.validity.readReport(createPlacement(query, { pods: scope.pods, dataCenters: [] }, read), loaders.freshMs);
  return relaxations;
}

/** The work of examining one cell. Like all work, it is counted as the bytes of a response that take as long to produce. */
const CELL_BYTES = 20;
