import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { InvalidArgumentError, OperationTooComplexError, UpstreamError } from '../../domain/errors.ts';
import type { AvailabilityQuery } from '../../domain/report.ts';
import { type AvailabilityArguments, parseArguments } from '../availability/parse-arguments.ts';
import type { GraphQLContext } from '../context.ts';
import { QUERY_BYTES } from '../cost/bounded-errors.ts';
import { tooComplex } from '../mask-error.ts';
import { isIncluded } from '../operation/inclusion.ts';
import { createMentionIn } from '../operation/mentions.ts';
import { readVariables } from '../operation/variables.ts';
import type { Subjects } from '../subjects.ts';

/** Fields that ask about availability give this type. */
const REPORT = 'GpuAvailabilityReport';

/**
 * Estimates the work of an operation that asks for the availability of GPU types and data centers, each of which is a question of its
 * own, before it runs: a large operation then waits for its permit with nothing in memory but its request. Refuses an operation whose
 * questions within the rows of other questions would ask RunPod too often, before the outer ones are asked. Questions side by side are
 * asked together, and counted there.
 */
export function useCostForecast(): Plugin<GraphQLContext> {
  const nests = new WeakMap<DocumentNode, boolean>();

  /** Why the operation is not run; `null` when it is. */
  async function foresee(args: Run): Promise<GraphQLError | null> {
    const { document, schema } = args;
    if (!asksInParts(document)) return null;
    const operation = getOperationAST(document, args.operationName);
    if (operation == null) return null;
    const coerced = readVariables(schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
    if (coerced === undefined) return null;
    const { loaders, pace } = args.contextValue;
    if (!nests.has(document)) nests.set(document, hasQuestionInRows(document));
    const isNested = nests.get(document) === true;
    try {
      // Lists that must be loaded first are worth waiting for only where they decide whether the operation runs.
      const lists = loaders.memory.lists() ?? (isNested ? await readLists(loaders) : null);
      if (lists === null) return null;
      const found = findQuestions({ schema, document, variables: coerced }, operation, lists);
      pace.spend(found.times * QUERY_BYTES);
      if (isNested) await loaders.foresee(found.questions);
      return null;
    } catch (error) {
      if (error instanceof OperationTooComplexError) return tooComplex(error.message);
      // The fields that read the lists say so when the operation is run.
      if (error instanceof UpstreamError) return null;
      throw error;
    }
  }

  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const error = await foresee(args);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const error = await foresee(args);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/** Whether an operation may ask about single GPU types or data centers. */
const asksInParts = createMentionIn(Kind.FIELD, new Set(['availability']));

async function readLists(loaders: GraphQLContext['loaders']): Promise<Subjects> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  return { gpuTypes, dataCenters };
}

/** An operation as it is about to be run. */
interface Run {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: GraphQLContext;
}

/** Fields whose selections are about rows. */
const ROWS = new Set(['nodes', 'failures', 'before', 'after']);

/** Whether some question may be asked of what a row is about. Fragments are taken for rows. */
function hasQuestionInRows(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    [Kind.FIELD](field, _key, _parent, _path, ancestors) {
      const isInside = ancestors.some(
        (above) =>
          !Array.isArray(above) &&
          'kind' in above &&
          (above.kind === Kind.FRAGMENT_DEFINITION || (above.kind === Kind.FIELD && isRowsField(above))),
      );
      if (isInside && field.name.value === 'availability') found = true;
    },
  });
  return found;
}

const isRowsField = ({ name }: FieldNode): boolean => ROWS.has(name.value);

/** A document and what its variables are. */
interface Selected {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Every question that may be asked when the operation is run, at most: of all rows that there may be. `times` is how often they are asked
 * in all.
 */
function findQuestions(
  { schema, document, variables }: Selected,
  operation: OperationDefinitionNode,
  all: Subjects,
): { readonly questions: readonly AvailabilityQuery[]; readonly times: number } {
  const questions: AvailabilityQuery[] = [];
  let timesInAll = 0;
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );

  /** The selections of a value that there is so many `times`. */
  function walk(type: GraphQLNamedType | undefined, selected: SelectionSetNode, reach: Subjects, times: number): void {
    for (const selection of selected.selections) {
      if (isIncluded(selection, variables)) enter(type, selection, reach, times);
    }
  }

  function enter(type: GraphQLNamedType | undefined, selection: SelectionNode, reach: Subjects, times: number): void {
    if (selection.kind === Kind.FIELD) {
      enterField(type, selection, reach, times);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return;
    const condition = fragment.typeCondition?.name.value;
    walk(condition === undefined ? type : schema.getType(condition), fragment.selectionSet, reach, times);
  }

  function enterField(type: GraphQLNamedType | undefined, node: FieldNode, reach: Subjects, times: number): void {
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    if (type === undefined || field === undefined || node.selectionSet === undefined) return;
    const result = getNamedType(field.type);
    try {
      const args = getArgumentValues(field, node, { ...variables });
      if (result.name !== REPORT) {
        const narrowed = narrow(reach, field.name, args);
        walk(result, node.selectionSet, narrowed, times * countOf(field.name, args, narrowed));
        return;
      }
      timesInAll += times;
      // What the schema says of the arguments of each such field.
      const question = parseArguments(
        args as unknown as AvailabilityArguments,
        subjectsOf(type.name, reach, all),
        all,
        NO_SUGGESTIONS,
      );
      questions.push(question);
      const { first, gpuTypes, dataCenters } = question;
      const rows = Math.min(first ?? Number.POSITIVE_INFINITY, gpuTypes.length * dataCenters.length);
      walk(result, node.selectionSet, question, times * rows);
    } catch (error) {
      // The field says so when the operation is run, and asks for nothing.
      if (!(error instanceof InvalidArgumentError || error instanceof GraphQLError)) throw error;
    }
  }

  walk(schema.getRootType(operation.operation) ?? undefined, operation.selectionSet, all, 1);
  return { questions, times: timesInAll };
}

/** Errors are not shown here. */
const NO_SUGGESTIONS = (): boolean => false;

/** A field about availability is about its parent, and about all that its parent is not. */
function subjectsOf(parent: string, reach: Subjects, all: Subjects): Subjects {
  if (parent === 'GpuType') return { ...all, gpuTypes: reach.gpuTypes };
  return parent === 'DataCenter' ? { ...all, dataCenters: reach.dataCenters } : all;
}

/** How many values a field has that is no question. */
function countOf(field: string, { representations }: Readonly<Record<string, unknown>>, reach: Subjects): number {
  if (field === 'gpuTypes') return reach.gpuTypes.length;
  if (field === 'dataCenters') return reach.dataCenters.length;
  return field === '_entities' && Array.isArray(representations) ? representations.length : 1;
}

/** What the selections of a field can be about, where that is told by id. */
function narrow(reach: Subjects, field: string, { id, representations }: Readonly<Record<string, unknown>>): Subjects {
  const ids = new Set(Array.isArray(representations) ? representations.map((one) => Object(one).id) : [id]);
  const gpuTypes = reach.gpuTypes.filter((gpuType) => ids.has(gpuType.id));
  const dataCenters = reach.dataCenters.filter((dataCenter) => ids.has(dataCenter.id));
  if (field === '_entities') return { gpuTypes, dataCenters };
  if (id === undefined) return reach;
  return field === 'gpuType' ? { ...reach, gpuTypes } : { ...reach, dataCenters };
}
