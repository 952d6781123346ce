import { OperationTooComplexError } from '../../domain/errors.ts';
import { podsOf } from '../../domain/placement/placement.ts';
import type { Pod } from '../../domain/placement/pod-size.ts';
import {
  type Relaxation,
  type RelaxedQuery,
  relaxationsOf,
  relaxedQueries,
} from '../../domain/placement/relaxations.ts';
import { summarise } from '../../domain/report.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Loaders, MemoryLoaders } from '../../loaders/loaders.ts';
import type { GraphQLContext } from '../context.ts';
import { CELL_BYTES } from '../cost/report-size.ts';
import { findObservations, indexRows, loadPodRows, type PodScope, toPodRows } from './pod-rows.ts';
import type { ResolvedPlacement } from './resolved-placement.ts';

/**
 * The placement queries that are compared with the client's query. Each of them leaves out one of the client's needs. `scope` contains the
 * pods and data centers whose rows these queries read.
 */
interface Plan {
  readonly queries: readonly RelaxedQuery[];
  readonly scope: PodScope;
}

/**
 * Resolves the relaxations of a placement: what the client would gain by dropping one of its needs. May request data about further GPU
 * types from RunPod, but only for pod sizes (numbers of GPUs) that the original query allows. For other pod sizes, only rows in memory are
 * used. If the requests would exceed the limit of the operation, no request is sent, and all rows come from memory.
 */
export function resolveRelaxations(
  { loaders, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  placement: ResolvedPlacement,
): readonly Relaxation[] | Promise<readonly Relaxation[]> {
  // An operation may select this field many times, under different aliases. If the operation is large, `pace.run` spreads the work over
  // several turns of the event loop.
  return pace.run(() => {
    const plan = createPlan(loaders, placement);
    pace.spend(CELL_BYTES * plan.scope.dataCenters.length * plan.queries.flatMap(({ pods }) => pods).length);
    const observations = findObservations(loaders, plan.scope);
    spendRows(loaders, placement, plan.scope);
    if (observations !== null) return relax(loaders, placement, plan, toPodRows(plan.scope, observations));
    const load = async () => {
      const typeRows = await pace.load(loadWithinBudget(loaders, plan.scope));
      return pace.run(() => {
        if (typeRows !== null) return relax(loaders, placement, plan, typeRows);
        const known = onlyKnown(loaders, plan);
        return relax(loaders, placement, known, toPodRows(known.scope, findObservations(loaders, known.scope) ?? []));
      });
    };
    return load();
  });
}

/** Returns the relaxations of a placement if all their data is in memory, else `null`. */
export function relaxationsFromMemory(
  loaders: MemoryLoaders,
  placement: ResolvedPlacement,
): readonly Relaxation[] | null {
  const plan = createPlan(loaders, placement);
  const observations = findObservations(loaders, plan.scope);
  if (observations === null) return null;
  spendRows(loaders, placement, plan.scope);
  return relax(loaders, placement, plan, toPodRows(plan.scope, observations));
}

/**
 * Decides which relaxations (placements with one need dropped) are computed. Dropping a need may allow pods with a number of GPUs that no
 * pod of the original query has. Such a relaxation is computed only if the observations of these pods are in memory.
 */
function createPlan(loaders: MemoryLoaders, { query }: ResolvedPlacement): Plan {
  const { gpuTypes, dataCenters } = query;
  const sizes = new Set(podsOf(query).map(({ gpuCount }) => gpuCount));
  const queries = relaxedQueries(query);
  const scope = { pods: [], dataCenters, lists: { gpuTypes, dataCenters } };
  return onlyKnown(loaders, { queries, scope }, ({ gpuCount }) => sizes.has(gpuCount));
}

/**
 * Leaves out each query that needs an observation that is not in memory, unless `mayLoad` allows requesting it from RunPod. If a query is
 * left out, the response must not be cached, because it depends on what is in memory.
 */
function onlyKnown(
  loaders: MemoryLoaders,
  { queries: all, scope }: Plan,
  mayLoad: (pod: Pod) => boolean = () => false,
): Plan {
  const queries = all.filter((query) => {
    const pods = query.pods.filter((pod) => !mayLoad(pod));
    return pods.length === 0 || findObservations(loaders, { ...scope, pods }) !== null;
  });

  if (queries.length < all.length) loaders.validity.readMoment();
  return { queries, scope: { ...scope, pods: distinct(queries.flatMap(({ pods }) => pods)) } };
}

function distinct(pods: readonly Pod[]): readonly Pod[] {
  const byType = new Map<Pod['gpuType'], Map<number, Pod>>();
  for (const pod of pods) {
    const bySize = byType.get(pod.gpuType) ?? new Map<number, Pod>();
    byType.set(pod.gpuType, bySize.set(pod.gpuCount, pod));
  }
  return [...byType.values()].flatMap((bySize) => [...bySize.values()]);
}

/**
 * Counts the rows of the relaxations against the row limit of the operation. Rows that the placement has already counted are not counted
 * again.
 */
function spendRows({ budget }: MemoryLoaders, { coverage }: ResolvedPlacement, { pods, dataCenters, lists }: PodScope) {
  const further = pods.length * dataCenters.length - coverage.expected;
  budget.spendRows(Math.max(0, further), lists.gpuTypes.length * lists.dataCenters.length);
}

/** Returns the rows of all pods, or `null` if the requests to RunPod would exceed the limit of the operation. */
async function loadWithinBudget(loaders: Loaders, scope: PodScope): Promise<readonly TypeRows[] | null> {
  try {
    // Checks the request limit before any request is sent. Without this check, the requests for relaxations (placements with one need
    // dropped) could be batched with those of other fields. If the batch exceeded the limit, the other fields would fail too.
    await loaders.foresee(scope.pods.map(({ gpuType, gpuCount }) => ({ gpuTypes: [gpuType], gpuCount })));
    return await loadPodRows(loaders, scope);
  } catch (error) {
    if (error instanceof OperationTooComplexError) return null;
    throw error;
  }
}

function relax(
  loaders: MemoryLoaders,
  { options }: ResolvedPlacement,
  { queries, scope }: Plan,
  typeRows: readonly TypeRows[],
): readonly Relaxation[] {
  const { coverage, freshness } = summarise(scope.pods.length * scope.dataCenters.length, typeRows);
  // The relaxations are computed from `typeRows`, so the age of these rows limits how long the response may be cached.
  loaders.validity.readReport({ coverage, freshness }, loaders.freshMs);
  return relaxationsOf(queries, options.length, indexRows(scope.pods, typeRows));
}
