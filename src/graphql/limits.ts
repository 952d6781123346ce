import { costLimitPlugin } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import type { GraphQLError, ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from './mask-error.ts';

/** What an operation may be. GraphiQL's own query of the schema has some 500 tokens, and is not counted otherwise. */
const LIMITS = { tokens: 2000, depth: 12, aliases: 50, directives: 50, cost: 10_000 } as const;

/** Refuses operations past the limits, with OPERATION_TOO_COMPLEX, before they are run. */
export function useLimits(): readonly Plugin[] {
  const options = {
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null, error: GraphQLError) => context?.reportError(refusal(error))],
  };
  const refuse = (_context: unknown, error: GraphQLError) => {
    throw refusal(error);
  };
  return [
    maxTokensPlugin({ n: LIMITS.tokens, onReject: [refuse] }),
    maxDepthPlugin({ n: LIMITS.depth, flattenFragments: true, ...options }),
    maxAliasesPlugin({ n: LIMITS.aliases, ...options }),
    maxDirectivesPlugin({ n: LIMITS.directives, ...options }),
    costLimitPlugin({ maxCost: LIMITS.cost, flattenFragments: true, ...options }),
    useBadRequest(),
  ];
}

/** Yoga would answer 200 to clients that accept application/json alone when an operation was refused as it was parsed. */
function useBadRequest(): Plugin {
  return {
    onResultProcess({ result }) {
      if (!('errors' in result) || result.errors?.[0]?.extensions?.['code'] !== 'OPERATION_TOO_COMPLEX') return;
      result.extensions = { ...result.extensions, http: { status: 400 } };
    },
  };
}

/** The library calls what it refuses a syntax error. */
const refusal = ({ message }: GraphQLError): GraphQLError => tooComplex(message.replace('Syntax Error: ', ''));
