import {
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OperationTooComplexError, UpstreamError } from '../../domain/errors.ts';
import type { GraphQLContext } from '../context.ts';
import { QUERY_BYTES } from '../cost/bounded-errors.ts';
import { planQueries } from '../cost/planned-queries.ts';
import { tooComplex } from '../mask-error.ts';
import { fragmentsIn } from '../operation/fragments.ts';
import { createMentionIn } from '../operation/mentions.ts';
import { readVariables } from '../operation/variables.ts';
import type { Subjects } from '../subjects.ts';

/**
 * If an operation has an `availability` field, estimates its cost before it runs. Because of the estimate, a large operation waits for its
 * permit before it produces any data, so it needs little memory while it waits.
 *
 * If `availability` fields are nested in each other, rejects the operation if all of them together could exceed the limit of requests to
 * RunPod. Otherwise, the gateway would request the data of the outer fields before it finds that the inner fields exceed the limit. Fields
 * that are not nested are counted when they are resolved.
 */
export function useCostForecast(): Plugin<GraphQLContext> {
  const nestedByDocument = new WeakMap<DocumentNode, boolean>();

  /** Returns the error if the operation must not run, else `null`. */
  async function forecast(args: Run): Promise<GraphQLError | null> {
    const { document, schema } = args;
    if (!selectsAvailability(document)) return null;
    const operation = getOperationAST(document, args.operationName);
    if (operation == null) return null;
    const coerced = readVariables(schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
    if (coerced === undefined) return null;
    const { loaders, pace } = args.contextValue;
    const isNested = nestedByDocument.get(document) ?? hasAvailabilityInRows(schema, document);
    nestedByDocument.set(document, isNested);
    try {
      // The cost of a nested `availability` field depends on the lists of GPU types and data centers. So if the lists are not in memory,
      // they are loaded only if the document contains such a field.
      const lists = loaders.memory.lists() ?? (isNested ? await readLists(loaders) : null);
      if (lists === null) return null;
      const planned = planQueries({ schema, fragments: fragmentsIn(document), variables: coerced }, operation, lists);
      pace.spend(planned.times * QUERY_BYTES);
      if (isNested) await loaders.foresee(planned.queries);
      return null;
    } catch (error) {
      if (error instanceof OperationTooComplexError) return tooComplex(error.message);
      // The lists of GPU types and data centers could not be read. Ignores the error, because the fields that need the lists report it
      // themselves.
      if (error instanceof UpstreamError) return null;
      throw error;
    }
  }

  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const error = await forecast(args);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const error = await forecast(args);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/** Whether an operation selects the availability of individual GPU types or data centers. */
const selectsAvailability = createMentionIn(Kind.FIELD, new Set(['availability']));

async function readLists(loaders: GraphQLContext['loaders']): Promise<Subjects> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  return { gpuTypes, dataCenters };
}

/** The arguments of an operation that is about to run. */
interface Run {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: GraphQLContext;
}

/** The fields of availability reports, changes and placements that contain GPU types or data centers. */
const ROWS = new Set(['nodes', 'failures', 'before', 'after', 'options', 'excluded']);

/**
 * Whether the document may select the `availability` of a GPU type or data center inside one of the `ROWS` fields. An `availability` field
 * in a fragment counts, because the fragment may be spread inside such a field. The `availability` of a placement option does not count,
 * because its value is a single row.
 */
function hasAvailabilityInRows(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  let found = false;
  const visitor: ASTVisitor = {
    [Kind.FIELD]({ name }, _key, _parent, _path, ancestors) {
      if (name.value !== 'availability' || typeInfo.getParentType()?.name === 'PlacementOption') return undefined;
      found = ancestors.some(
        (above) =>
          !Array.isArray(above) &&
          'kind' in above &&
          (above.kind === Kind.FRAGMENT_DEFINITION || (above.kind === Kind.FIELD && isRowsField(above))),
      );
      return found ? BREAK : undefined;
    },
  };
  visit(document, visitWithTypeInfo(typeInfo, visitor));
  return found;
}

const isRowsField = ({ name }: FieldNode): boolean => ROWS.has(name.value);
