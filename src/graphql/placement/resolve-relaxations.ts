import { OperationTooComplexError } from '../../domain/errors.ts';
import { namesOf } from '../../domain/placement/needs.ts';
import { summarise } from '../../domain/placement/placement.ts';
import { podsToRelax, type Relaxation, relaxationsOf } from '../../domain/placement/relaxations.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import type { GraphQLContext } from '../context.ts';
import { CELL_BYTES } from '../cost/report-size.ts';
import { findObservations, indexRows, loadPodRows, type PodScope, toPodRows } from './pod-rows.ts';
import type { ResolvedPlacement } from './resolved-placement.ts';

type FromMemory = Pick<Loaders, 'memory' | 'budget' | 'validity' | 'freshMs'>;

/**
 * Resolves the relaxations of a placement. This may request further GPU types from RunPod, but no further pod sizes. If the requests would
 * exceed the budget, none of them is sent, and there are no relaxations.
 */
export function resolveRelaxations(
  { loaders, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  placement: ResolvedPlacement,
): readonly Relaxation[] | Promise<readonly Relaxation[]> {
  const scope = scopeOf(placement);
  // An operation may select the relaxations many times, under different aliases.
  const relaxInTurn = (findRows: () => readonly TypeRows[]) =>
    pace.run(() => {
      pace.spend(CELL_BYTES * scope.pods.length * scope.dataCenters.length * namesOf(placement.query.needs).length);
      return relax(loaders, placement, scope, findRows());
    });
  const observations = findObservations(loaders, scope);
  spendRows(loaders, placement, scope);
  if (observations !== null) return relaxInTurn(() => toPodRows(scope, observations));
  const load = async () => {
    const typeRows = await pace.load(loadWithinBudget(loaders, scope));
    return typeRows === null ? [] : relaxInTurn(() => typeRows);
  };
  return load();
}

/** Returns the relaxations of a placement if all their data is in memory, else `null`. */
export function relaxationsFromMemory(loaders: FromMemory, placement: ResolvedPlacement): readonly Relaxation[] | null {
  const scope = scopeOf(placement);
  const observations = findObservations(loaders, scope);
  if (observations === null) return null;
  spendRows(loaders, placement, scope);
  return relax(loaders, placement, scope, toPodRows(scope, observations));
}

const scopeOf = ({ query }: ResolvedPlacement): PodScope => ({
  pods: podsToRelax(query),
  dataCenters: query.dataCenters,
  lists: { gpuTypes: query.gpuTypes, dataCenters: query.dataCenters },
});

/** Counts the rows against the budget, except those that the placement has already counted. */
function spendRows({ budget }: FromMemory, { coverage }: ResolvedPlacement, { pods, dataCenters, lists }: PodScope) {
  const further = pods.length * dataCenters.length - coverage.expected;
  budget.spendRows(Math.max(0, further), lists.gpuTypes.length * lists.dataCenters.length);
}

/** Returns the rows of all pods, or `null` if the requests would exceed the budget. */
async function loadWithinBudget(loaders: Loaders, scope: PodScope): Promise<readonly TypeRows[] | null> {
  try {
    // Other fields may load observations at the same moment. Without this check, their requests could be refused together with these.
    await loaders.foresee(scope.pods.map(({ gpuType, gpuCount }) => ({ gpuTypes: [gpuType], gpuCount })));
    return await loadPodRows(loaders, scope);
  } catch (error) {
    if (error instanceof OperationTooComplexError) return null;
    throw error;
  }
}

function relax(
  loaders: FromMemory,
  { query, options }: ResolvedPlacement,
  scope: PodScope,
  typeRows: readonly TypeRows[],
): readonly Relaxation[] {
  const { coverage, freshness } = summarise(scope, typeRows);
  // The relaxations depend on these rows, so they limit how long the response is valid.
  loaders.validity.readReport({ coverage, freshness }, loaders.freshMs);
  return relaxationsOf(query, options.length, indexRows(scope.pods, typeRows));
}
