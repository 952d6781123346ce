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

/**
 * The limits of an operation. The token limit leaves room for GraphiQL's introspection query, which has about 500 tokens. The other limits
 * do not count introspection fields.
 */
const LIMITS = { tokens: 2000, depth: 12, aliases: 50, directives: 50, cost: 5000 } as const;

/** Rejects operations that exceed a limit with OPERATION_TOO_COMPLEX, before they run. */
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
 * Limits the cost of an operation, but ignores its `first` arguments. GraphQL Armor would multiply the cost of a field by `first`, but in
 * this schema `first` only shortens a list. The rows of lists are counted when they are built.
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
 * Sets HTTP status 400 if an operation, or one of its fields, exceeds a limit. Fields within the limits still return their data. Without
 * this plugin, Yoga would send status 200 to clients that accept only application/json.
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

/** Converts an error of GraphQL Armor to an OPERATION_TOO_COMPLEX error. GraphQL Armor reports an exceeded limit as a syntax error. */
const refusal = ({ message }: GraphQLError): GraphQLError => tooComplex(message.replace('Syntax Error: ', ''));
