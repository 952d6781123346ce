import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from '../mask-error.ts';

/** The start of graphql-js's error message for a document with too many tokens. No other syntax error starts like this. */
const PAST_LIMIT = 'Syntax Error: Document contains more tha';

/** Stops parsing a document after `maxTokens` tokens and rejects the operation with OPERATION_TOO_COMPLEX. */
export function useTokenLimit(maxTokens: number): Plugin {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parseFn(source, { ...options, maxTokens });
        } catch (error) {
          const isPastLimit = error instanceof GraphQLError && error.message.startsWith(PAST_LIMIT);
          throw isPastLimit ? tooComplex(`Token limit of ${maxTokens} exceeded.`) : error;
        }
      });
    },
  };
}
