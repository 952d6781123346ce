import type { Preference } from '../../domain/placement/option-order.ts';
import { candidatesOf, createPlacement, type PlacementQuery } from '../../domain/placement/placement.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import { refuseFirst } from '../availability/argument-checks.ts';
import type { GraphQLContext } from '../context.ts';
import type { SizeOfReport } from '../cost/report-size.ts';
import type { Size } from '../cost/selected-size.ts';
import type { Subjects } from '../subjects.ts';
import type { PlacementNeeds } from '../types.generated.ts';
import { parseNeeds } from './parse-needs.ts';
import { findPodRows, indexRows, loadPodRows, type PodScope } from './pod-rows.ts';
import type { ResolvedPlacement } from './resolved-placement.ts';

/** The arguments of the field `placement`. */
export interface PlacementArguments {
  readonly needs: PlacementNeeds;
  readonly prefer: Preference;
  readonly first: number;
}

type PlacementContext = Pick<GraphQLContext, 'loaders' | 'tracer' | 'pace'>;

/** The work of examining one cell. Like all work, it is counted as the bytes of a response that take as long to produce. */
const CELL_BYTES = 20;

/**
 * Resolves the field `placement`. RunPod is asked only about the GPU types that may meet the needs. If all data is in memory, the
 * placement is returned synchronously.
 * @throws {InvalidArgumentError} if an argument is not valid.
 * @throws {OperationTooComplexError} if the operation exceeds its budget.
 * @throws {UpstreamError} if the lists of GPU types and data centers cannot be read.
 */
export function resolvePlacement(
  context: PlacementContext,
  args: PlacementArguments,
  sizeOf: SizeOfReport,
): ResolvedPlacement | Promise<ResolvedPlacement> {
  const { tracer, pace } = context;
  return (
    placementFromMemory(context, args, sizeOf) ??
    tracer.span('placement', {}, async () => {
      const loaded = await pace.load(loadPlacement(context, args));
      return pace.run(() => finish(context, loaded, sizeOf(loaded.lists)));
    })
  );
}

/** Returns the placement synchronously, or `null` if some of its data is not in memory. */
function placementFromMemory(
  context: PlacementContext,
  args: PlacementArguments,
  sizeOf: SizeOfReport,
): ResolvedPlacement | null {
  const { loaders } = context;
  loaders.budget.spendField();
  const lists = loaders.memory.lists();
  if (lists === null) return null;
  const query = parseQuery(loaders, args, lists);
  const scope = { ...candidatesOf(query), lists };
  const typeRows = findPodRows(loaders, scope);
  if (typeRows === null) return null;
  spendRows(loaders, scope);
  loaders.validity.readList(lists.gpuTypes);
  loaders.validity.readList(lists.dataCenters);
  return finish(context, { ...args, query, lists, scope, typeRows }, sizeOf(lists));
}

/** The data that a placement is made from. */
interface Loaded {
  readonly query: PlacementQuery;
  readonly first: number;
  readonly lists: Subjects;
  readonly scope: PodScope;
  /** The rows of each pod of `scope`, in order. */
  readonly typeRows: readonly TypeRows[];
}

async function loadPlacement({ loaders }: PlacementContext, args: PlacementArguments): Promise<Loaded> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  const lists = { gpuTypes, dataCenters };
  const query = parseQuery(loaders, args, lists);
  const scope = { ...candidatesOf(query), lists };
  spendRows(loaders, scope);
  return { ...args, query, lists, scope, typeRows: await loadPodRows(loaders, scope) };
}

function parseQuery({ budget }: Pick<Loaders, 'budget'>, args: PlacementArguments, lists: Subjects): PlacementQuery {
  refuseFirst(args.first);
  return { ...lists, needs: parseNeeds(args.needs, lists, budget.maySuggest), preference: args.prefer };
}

/** Counts the candidate cells in the budget, before RunPod is asked for them. */
function spendRows({ budget }: Pick<Loaders, 'budget'>, { pods, dataCenters, lists }: PodScope): void {
  budget.spendRows(Math.max(1, pods.length * dataCenters.length), lists.gpuTypes.length * lists.dataCenters.length);
}

/** Creates the placement, and counts the bytes of its parts that have no resolver of their own. */
function finish({ loaders, pace }: PlacementContext, loaded: Loaded, size: Size): ResolvedPlacement {
  const { query, first, scope, typeRows } = loaded;
  const placement = createPlacement(query, scope, typeRows);
  const { coverage } = placement;
  const bytes = size.fixed + size.failure * coverage.failures.length;
  loaders.budget.spendBytes(bytes);
  pace.spend(bytes + CELL_BYTES * coverage.expected);
  loaders.validity.readReport(placement, loaders.freshMs);
  return { ...placement, query, first, rowsOf: indexRows(scope.pods, typeRows) };
}
