import {
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { InvalidArgumentError } from '../../domain/errors.ts';
import { candidatesOf } from '../../domain/placement/placement.ts';
import type { AvailabilityQuery } from '../../domain/report.ts';
import type { TypesScope } from '../../domain/type-rows.ts';
import { refuseFirst } from '../availability/argument-checks.ts';
import { type AvailabilityArguments, parseArguments } from '../availability/parse-arguments.ts';
import { fragmentOf, typeOfFragment } from '../operation/fragments.ts';
import { isIncluded } from '../operation/inclusion.ts';
import type { RunningDocument } from '../operation/running-document.ts';
import { parseNeeds } from '../placement/parse-needs.ts';
import type { PlacementArguments } from '../placement/resolve-placement.ts';
import type { Subjects } from '../subjects.ts';

/** The name of the GraphQL type of availability fields. */
const REPORT = 'GpuAvailabilityReport';

/** The name of the GraphQL type of placement fields. */
const PLACEMENT = 'Placement';

/** The availability queries that an operation may make. */
export interface PlannedQueries {
  /**
   * One query for each availability field in the document, and one query for each candidate pod of each placement field. If an availability
   * field belongs to several GPU types or data centers, its one query covers all of them. The field `relaxations` adds no queries: if its
   * requests would exceed the limit of upstream requests, it sends none, and uses only rows in memory.
   */
  readonly queries: readonly TypesScope[];
  /** The maximum number of times that the availability and placement fields of the operation are resolved, all fields counted together. */
  readonly times: number;
}

/** The state during the planning of an operation. */
interface Plan extends RunningDocument {
  /** All GPU types and data centers. */
  readonly all: Subjects;
  readonly queries: TypesScope[];
  times: number;
}

/** The values that a selection set will be executed on, as far as they are known before the operation runs. */
interface Values {
  readonly type: GraphQLNamedType | undefined;
  /** The GPU types and data centers that these values may be, or that they may refer to. */
  readonly subjects: Subjects;
  /** The maximum number of values that the selection set applies to. */
  readonly times: number;
  /** The values of the field `options`, if the values are placements. */
  readonly options?: Pick<Values, 'subjects' | 'times'>;
}

/**
 * Finds the availability queries that an operation may make, before it runs. An availability field inside a row counts once for every row
 * that the outer field may return, because the actual rows are not known yet.
 */
export function planQueries(run: RunningDocument, operation: OperationDefinitionNode, all: Subjects): PlannedQueries {
  const plan: Plan = { ...run, all, queries: [], times: 0 };
  const root = { type: run.schema.getRootType(operation.operation) ?? undefined, subjects: all, times: 1 };
  planSelections(plan, operation.selectionSet, root);
  return plan;
}

function planSelections(plan: Plan, { selections }: SelectionSetNode, values: Values): void {
  for (const selection of selections) {
    if (!isIncluded(selection, plan.variables)) continue;
    if (selection.kind === Kind.FIELD) {
      planField(plan, selection, values);
      continue;
    }
    const fragment = fragmentOf(selection, plan.fragments);
    if (fragment === undefined) continue;
    const type = typeOfFragment(fragment, values.type, plan.schema);
    planSelections(plan, fragment.selectionSet, { ...values, type });
  }
}

function planField(plan: Plan, node: FieldNode, { type, subjects, times, options }: Values): void {
  const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
  if (!isObjectType(type) || field === undefined || node.selectionSet === undefined) return;
  const result = getNamedType(field.type);
  try {
    const args = getArgumentValues(field, node, { ...plan.variables });
    if (result.name === PLACEMENT) {
      const found = { type: result, subjects: plan.all, times, options: addPlacement(plan, args, times) };
      planSelections(plan, node.selectionSet, found);
      return;
    }
    if (options !== undefined && field.name === 'options') {
      planSelections(plan, node.selectionSet, { ...options, type: result });
      return;
    }
    if (result.name !== REPORT) {
      const narrowed = narrow(subjects, field.name, args);
      const count = times * countOf(field.name, args, narrowed);
      planSelections(plan, node.selectionSet, { type: result, subjects: narrowed, times: count });
      return;
    }
    const query = addQuery(plan, args, type, { type, subjects, times });
    planSelections(plan, node.selectionSet, { type: result, subjects: query, times: times * rowsOf(query) });
  } catch (error) {
    // A field with invalid arguments sends no request to RunPod, so it needs no query here. Its resolver reports the error.
    if (!(error instanceof InvalidArgumentError || error instanceof GraphQLError)) throw error;
  }
}

function addQuery(
  plan: Plan,
  args: Readonly<Record<string, unknown>>,
  parent: GraphQLObjectType,
  { subjects, times }: Values,
): AvailabilityQuery {
  plan.times += times;
  const about = subjectsOf(parent.name, subjects, plan.all);
  // The type assertion is safe, because in the schema all availability fields have these arguments.
  const query = parseArguments(args as unknown as AvailabilityArguments, about, plan.all, NO_SUGGESTIONS);
  plan.queries.push(query);
  return query;
}

/** Adds the queries of a placement to the plan. Returns what is known about the values of the placement's field `options`. */
function addPlacement(
  plan: Plan,
  args: Readonly<Record<string, unknown>>,
  times: number,
): Pick<Values, 'subjects' | 'times'> {
  plan.times += times;
  // The type assertion is safe, because in the schema all placement fields have these arguments.
  const { needs, first } = args as unknown as PlacementArguments;
  refuseFirst(first);
  const { pods, dataCenters } = candidatesOf({ ...plan.all, needs: parseNeeds(needs, plan.all, NO_SUGGESTIONS) });
  for (const { gpuType, gpuCount } of pods) plan.queries.push({ gpuTypes: [gpuType], dataCenters, gpuCount });
  const subjects = { gpuTypes: pods.map(({ gpuType }) => gpuType), dataCenters };
  return { subjects, times: times * Math.min(first, pods.length * dataCenters.length) };
}

/** Allows no suggestions in errors, because this module ignores errors about arguments. */
const NO_SUGGESTIONS = (): boolean => false;

const rowsOf = ({ first, gpuTypes, dataCenters }: AvailabilityQuery): number =>
  Math.min(first ?? Number.POSITIVE_INFINITY, gpuTypes.length * dataCenters.length);

/**
 * Returns the GPU types and data centers that an availability field covers. A field of a GPU type covers this GPU type and all data
 * centers. A field of a data center covers this data center and all GPU types. Any other field covers everything. `parent` is the name of
 * the type that the field belongs to.
 */
function subjectsOf(parent: string, subjects: Subjects, all: Subjects): Subjects {
  if (parent === 'GpuType') return { ...all, gpuTypes: subjects.gpuTypes };
  return parent === 'DataCenter' ? { ...all, dataCenters: subjects.dataCenters } : all;
}

/** Returns the maximum number of objects in the value of a field. The field must not be an availability field. */
function countOf(field: string, { representations }: Readonly<Record<string, unknown>>, subjects: Subjects): number {
  if (field === 'gpuTypes') return subjects.gpuTypes.length;
  if (field === 'dataCenters') return subjects.dataCenters.length;
  if (field === 'excluded') return subjects.gpuTypes.length * subjects.dataCenters.length;
  return field === '_entities' && Array.isArray(representations) ? representations.length : 1;
}

/** Narrows the GPU types and data centers to those that a field selects by id. */
function narrow(
  subjects: Subjects,
  field: string,
  { id, representations }: Readonly<Record<string, unknown>>,
): Subjects {
  const ids = new Set(Array.isArray(representations) ? representations.map((one) => Object(one).id) : [id]);
  const gpuTypes = subjects.gpuTypes.filter((gpuType) => ids.has(gpuType.id));
  const dataCenters = subjects.dataCenters.filter((dataCenter) => ids.has(dataCenter.id));
  if (field === '_entities') return { gpuTypes, dataCenters };
  if (id === undefined) return subjects;
  return field === 'gpuType' ? { ...subjects, gpuTypes } : { ...subjects, dataCenters };
}
