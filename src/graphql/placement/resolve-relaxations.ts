import { OperationTooComplexError } from '../../domain/errors.ts';
import { namesOf } from '../../domain/placement/needs.ts';
import { createPlacement, type RowsOf } from '../../domain/placement/placement.ts';
import type { Pod } from '../../domain/placement/pod-size.ts';
import { podsToRelax, type Relaxation, relaxationsOf } from '../../domain/placement/relaxations.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import type { GraphQLContext } from '../context.ts';
import { CELL_BYTES } from '../cost/report-size.ts';
import { findPodRows, indexRows, loadPodRows, type PodScope } from './pod-rows.ts';
import type { ResolvedPlacement } from './resolved-placement.ts';

type FromMemory = Pick<Loaders, 'memory' | 'validity' | 'freshMs'>;

/**
 * Resolves the relaxations of a placement. This may request further GPU types from RunPod, but no further pod sizes: rows of another pod
 * size are used only if they are in memory. If the requests to RunPod would exceed the budget, none is sent, and only rows in memory are
 * used.
 */
export function resolveRelaxations(
  { loaders, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  placement: ResolvedPlacement,
): readonly Relaxation[] | Promise<readonly Relaxation[]> {
  const scope = scopeOf(loaders, placement);
  // An operation may select the relaxations many times, under different aliases.
  const relaxInTurn = (typeRows: readonly TypeRows[]) =>
    pace.run(() => {
      pace.spend(CELL_BYTES * scope.pods.length * scope.dataCenters.length * namesOf(placement.query.needs).length);
      return relax(loaders, placement, scope, typeRows);
    });
  const known = findPodRows(loaders, scope);
  if (known !== null) return relaxInTurn(known);
  const load = async () => relaxInTurn(await pace.load(loadWithinBudget(loaders, scope)));
  return load();
}

/** Returns the relaxations of a placement if all their data is in memory, else `null`. */
export function relaxationsFromMemory(loaders: FromMemory, placement: ResolvedPlacement): readonly Relaxation[] | null {
  const scope = scopeOf(loaders, placement);
  const known = findPodRows(loaders, scope);
  return known === null ? null : relax(loaders, placement, scope, known);
}

/**
 * Returns the scope of the rows to load for the relaxations of a placement. It contains only pods of the sizes that the placement itself
 * has. Rows of other sizes are used only if they are in memory.
 */
function scopeOf(loaders: FromMemory, { query }: ResolvedPlacement): PodScope {
  const lists = { gpuTypes: query.gpuTypes, dataCenters: query.dataCenters };
  const all = { dataCenters: query.dataCenters, lists };
  const isKnown = (pod: Pod) => findPodRows(loaders, { ...all, pods: [pod] }) !== null;
  return { ...all, pods: podsToRelax(query, isKnown) };
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
  loaders: FromMemory,
  { query, options }: ResolvedPlacement,
  scope: PodScope,
  typeRows: readonly TypeRows[],
): readonly Relaxation[] {
  const loaded = indexRows(scope.pods, typeRows);
  const read: TypeRows[] = [];
  const rowsOf: RowsOf = (pod) => {
    const rows = loaded(pod) ?? findPodRows(loaders, { ...scope, pods: [pod] })?.[0] ?? null;
    if (rows !== null) read.push(rows);
    return rows;
  };
  const relaxations = relaxationsOf(query, options.length, rowsOf);
  // The relaxations depend on these rows, so they limit how long the response is valid.
  loaders.validity.readReport(createPlacement(query, { pods: scope.pods, dataCenters: [] }, read), loaders.freshMs);
  return relaxations;
}
