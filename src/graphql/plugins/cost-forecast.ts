import {
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OperationTooComplexError, UpstreamError } from '../../domain/errors.ts';
import { planQueries } from '../availability/planned-queries.ts';
import type { GraphQLContext } from '../context.ts';
import { QUERY_BYTES } from '../cost/bounded-errors.ts';
import { tooComplex } from '../mask-error.ts';
import { fragmentsIn } from '../operation/fragments.ts';
import { createMentionIn } from '../operation/mentions.ts';
import { readVariables } from '../operation/variables.ts';
import type { Subjects } from '../subjects.ts';

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
      const planned = planQueries({ schema, fragments: fragmentsIn(document), variables: coerced }, operation, lists);
      pace.spend(planned.times * QUERY_BYTES);
      if (isNested) await loaders.foresee(planned.queries);
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
