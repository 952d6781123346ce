import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getOperationAST,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { InvalidArgumentError, OperationTooComplexError, UpstreamError } from '../domain/errors.ts';
import type { Question } from '../domain/report.ts';
import type { GraphQLContext } from './context.ts';
import { tooComplex } from './mask-error.ts';
import { type AvailabilityArguments, type Subjects, toQuestion } from './question.ts';

/** Fields that ask about availability give this type. */
const REPORT = 'GpuAvailabilityReport';

/** What the field that it is about says when the operation is run. */
const SAID_BY_FIELDS = [InvalidArgumentError, UpstreamError, GraphQLError];

/**
 * Refuses an operation whose questions within the rows of other questions would ask RunPod too often, before it is asked for
 * the outer ones. Questions side by side are asked together, and counted there.
 */
export function useForecast(): Plugin<GraphQLContext> {
  const nests = new WeakMap<DocumentNode, boolean>();
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const { document, schema } = args;
      const operation = getOperationAST(document, args.operationName);
      if (!nests.has(document)) nests.set(document, hasQuestionInRows(document));
      if (operation == null || nests.get(document) === false) return;
      const { loaders } = args.contextValue;
      try {
        const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
        const operationRun = { schema, document, variables: args.variableValues };
        const questions = findQuestions(operationRun, operation.selectionSet, { gpuTypes, dataCenters });
        await loaders.foresee(questions.filter((question) => question.dataCenters.length > 0));
      } catch (error) {
        if (error instanceof OperationTooComplexError) {
          setResultAndStopExecution({ errors: [tooComplex(error.message)] });
        } else if (!SAID_BY_FIELDS.some((type) => error instanceof type)) throw error;
      }
    },
  };
}

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

const isRowsField = ({ name }: FieldNode): boolean => name.value === 'nodes' || name.value === 'failures';

interface OperationRun {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Every question that may be asked when the operation is run, at most: of all rows that there may be. */
function findQuestions(
  { schema, document, variables }: OperationRun,
  root: SelectionSetNode,
  all: Subjects,
): Question[] {
  const questions: Question[] = [];
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );

  function walk(type: GraphQLNamedType | undefined, { selections }: SelectionSetNode, reach: Subjects): void {
    for (const selection of selections) if (isIncluded(selection)) enter(type, selection, reach);
  }

  function enter(type: GraphQLNamedType | undefined, selection: SelectionNode, reach: Subjects): void {
    if (selection.kind === Kind.FIELD) {
      enterField(type, selection, reach);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return;
    const condition = fragment.typeCondition?.name.value;
    walk(condition === undefined ? type : schema.getType(condition), fragment.selectionSet, reach);
  }

  function enterField(type: GraphQLNamedType | undefined, node: FieldNode, reach: Subjects): void {
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    if (field === undefined || node.selectionSet === undefined) return;
    const result = getNamedType(field.type);
    const args = getArgumentValues(field, node, { ...variables });
    if (result.name !== REPORT) {
      walk(result, node.selectionSet, narrow(reach, field.name, args['id']));
      return;
    }
    // What the schema says of the arguments of each such field.
    const question = toQuestion(args as unknown as AvailabilityArguments, reach, all);
    questions.push(question);
    walk(result, node.selectionSet, question);
  }

  const isIncluded = (node: SelectionNode): boolean =>
    getDirectiveValues(GraphQLIncludeDirective, node, { ...variables })?.['if'] !== false &&
    getDirectiveValues(GraphQLSkipDirective, node, { ...variables })?.['if'] !== true;

  walk(schema.getQueryType() ?? undefined, root, all);
  return questions;
}

/** The fields that give one GPU type or data center by its id. */
function narrow(reach: Subjects, field: string, id: unknown): Subjects {
  if (id === undefined) return reach;
  if (field === 'gpuType') return { ...reach, gpuTypes: reach.gpuTypes.filter((gpuType) => gpuType.id === id) };
  return { ...reach, dataCenters: reach.dataCenters.filter((dataCenter) => dataCenter.id === id) };
}
