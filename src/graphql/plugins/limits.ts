import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import {
  type ExecutableDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type ValidationContext,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from '../mask-error.ts';
import { useNameLimit } from './name-length.ts';
import { useTokenLimit } from './token-limit.ts';

/** What an operation may be. GraphiQL's own query of the schema has some 500 tokens, and is not counted otherwise. */
const LIMITS = { tokens: 2000, depth: 12, aliases: 50, directives: 50, cost: 5000 } as const;

/** Refuses operations past the limits, with OPERATION_TOO_COMPLEX, before they are run. */
export function useLimits(): readonly Plugin[] {
  const options = {
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null, error: GraphQLError) => context?.reportError(refusal(error))],
  };
  return [
    useTokenLimit(LIMITS.tokens),
    maxDepthPlugin({ n: LIMITS.depth, flattenFragments: true, ...options }),
    maxAliasesPlugin({ n: LIMITS.aliases, ...options }),
    maxDirectivesPlugin({ n: LIMITS.directives, ...options }),
    useCostLimit({ maxCost: LIMITS.cost, flattenFragments: true, ...options }),
    useNameLimit(),
    useBadRequest(),
  ];
}

/**
 * The library multiplies the cost of a field by its `first`. Ours is at most how many rows are wanted of those that there are,
 * which are counted where they are built, so that a large one costs nothing.
 */
function useCostLimit(options: Parameters<typeof costLimitRule>[0]): Plugin {
  const rule = (context: ValidationContext) => {
    const getFragment = (name: string) => {
      const fragment = context.getFragment(name);
      return fragment == null ? fragment : withoutFirst(fragment);
    };
    const limit = costLimitRule(options)(Object.create(context, { getFragment: { value: getFragment } }));
    return {
      [Kind.OPERATION_DEFINITION]: (operation: OperationDefinitionNode) =>
        limit.onOperationDefinitionEnter(withoutFirst(operation)),
    };
  };
  return { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
}

const withoutFirst = <Definition extends ExecutableDefinitionNode>(definition: Definition): Definition =>
  visit(definition, { [Kind.ARGUMENT]: ({ name }) => (name.value === 'first' ? null : undefined) });

/**
 * Answers HTTP 400 when an operation, or one of its fields, is past a limit. Fields within the limits still have their data. Yoga would
 * answer 200 to clients that accept application/json alone.
 */
function useBadRequest(): Plugin {
  return {
    onResultProcess({ result }) {
      if (!('errors' in result)) return;
      if (!result.errors?.some(({ extensions }) => extensions['code'] === 'OPERATION_TOO_COMPLEX')) return;
      result.extensions = { ...result.extensions, http: { status: 400 } };
    },
  };
}

/** The library calls what it refuses a syntax error. */
const refusal = ({ message }: GraphQLError): GraphQLError => tooComplex(message.replace('Syntax Error: ', ''));
