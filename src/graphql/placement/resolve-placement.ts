import type { Preference } from '../../domain/placement/option-order.ts';
import { candidatesOf, createPlacement, type PlacementQuery } from '../../domain/placement/placement.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Loaders, MemoryLoaders } from '../../loaders/loaders.ts';
import { refuseFirst } from '../availability/argument-checks.ts';
import type { GraphQLContext } from '../context.ts';
import { CELL_BYTES, type SizeOfReport } from '../cost/report-size.ts';
import type { Size } from '../cost/selected-size.ts';
import type { Subjects } from '../subjects.ts';
import type { PlacementNeeds } from '../types.generated.ts';
import { parseNeeds } from './parse-needs.ts';
import { findObservations, indexRows, loadPodRows, type PodScope, toPodRows } from './pod-rows.ts';
import type { ResolvedPlacement } from './resolved-placement.ts';

/** The arguments of the field `placement`. */
export interface PlacementArguments {
  readonly needs: PlacementNeeds;
  readonly prefer: Preference;
  readonly first: number;
}

type PlacementContext = Pick<GraphQLContext, 'loaders' | 'tracer' | 'pace'>;

/**
 * Resolves the field `placement`: finds the pods that meet the client's needs and can be created now. Requests data from RunPod only for
 * the GPU types that may meet the needs. If all data is in memory, returns the placement synchronously.
 * @throws {InvalidArgumentError} if an argument is not valid.
 * @throws {OperationTooComplexError} if the operation exceeds its budget.
 * @throws {UpstreamError} if the lists of GPU types and data centers cannot be read.
 */
export function resolvePlacement(
  context: PlacementContext,
  args: PlacementArguments,
  sizeOf: SizeOfReport,
): ResolvedPlacement | Promise<ResolvedPlacement> {
  const { loaders, tracer, pace } = context;
  const paced = ({ placement, work }: CountedPlacement) => {
    pace.spend(work);
    return placement;
  };
  const found = findInMemory(loaders, args, sizeOf);
  if (found !== null) return paced(found);
  return tracer.span('placement', {}, async () => {
    const loaded = await pace.load(loadPlacement(loaders, args));
    return pace.run(() => paced(toCounted(loaders, loaded, sizeOf(loaded.lists))));
  });
}

/**
 * Returns the placement if all its data is in memory, else `null`. Throws the same errors as `resolvePlacement`.
 */
export const placementFromMemory = (
  loaders: MemoryLoaders,
  args: PlacementArguments,
  sizeOf: SizeOfReport,
): ResolvedPlacement | null => findInMemory(loaders, args, sizeOf)?.placement ?? null;

/** A placement, and the work of creating it. `work` is expressed as the number of response bytes that take the same time to produce. */
interface CountedPlacement {
  readonly placement: ResolvedPlacement;
  readonly work: number;
}

function findInMemory(loaders: MemoryLoaders, args: PlacementArguments, sizeOf: SizeOfReport): CountedPlacement | null {
  loaders.budget.spendField();
  const lists = loaders.memory.lists();
  if (lists === null) return null;
  const query = parseQuery(loaders, args, lists);
  const scope = { ...candidatesOf(query), lists };
  const observations = findObservations(loaders, scope);
  if (observations === null) return null;
  spendRows(loaders, scope);
  const typeRows = toPodRows(scope, observations);
  loaders.validity.readList(lists.gpuTypes);
  loaders.validity.readList(lists.dataCenters);
  return toCounted(loaders, { ...args, query, lists, scope, typeRows }, sizeOf(lists));
}

/** The data that a placement is made from. */
interface Loaded {
  readonly query: PlacementQuery;
  readonly first: number;
  readonly lists: Subjects;
  readonly scope: PodScope;
  /** The rows of each pod in `scope.pods`, in the same order. */
  readonly typeRows: readonly TypeRows[];
}

async function loadPlacement(loaders: Loaders, args: PlacementArguments): Promise<Loaded> {
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

/**
 * Adds the rows of all pods that may meet the needs to the row count of the operation. Throws an error if the operation then exceeds its
 * row limit.
 */
function spendRows({ budget }: Pick<Loaders, 'budget'>, { pods, dataCenters, lists }: PodScope): void {
  budget.spendRows(Math.max(1, pods.length * dataCenters.length), lists.gpuTypes.length * lists.dataCenters.length);
}

/** Creates the placement, and counts the response bytes of its fields that have no resolver of their own. */
function toCounted(loaders: Omit<MemoryLoaders, 'memory'>, loaded: Loaded, size: Size): CountedPlacement {
  const { query, first, scope, typeRows } = loaded;
  const placement = createPlacement(query, scope, typeRows);
  const { coverage } = placement;
  const bytes = size.fixed + size.failure * coverage.failures.length;
  loaders.budget.spendBytes(bytes);
  loaders.validity.readReport(placement, loaders.freshMs);
  return {
    placement: { ...placement, query, first, rowsOf: indexRows(scope.pods, typeRows) },
    work: bytes + CELL_BYTES * coverage.expected,
  };
}
