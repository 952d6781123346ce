import { Kind, type NameNode, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from '../mask-error.ts';

/** Characters of one name. An answer repeats an alias for every row. */
const MAX_NAME = 128;

/** Characters of a long name that the message repeats. */
const SHOWN = 20;

/** Refuses operations with a long name: of a field, alias, argument, variable, fragment, directive or operation. */
export function useNameLimit(): Plugin {
  const rule = (context: ValidationContext) => {
    let refused = false;
    return {
      [Kind.NAME]({ value }: NameNode) {
        if (refused || value.length <= MAX_NAME) return;
        refused = true;
        const name = `${value.slice(0, SHOWN)}…`;
        context.reportError(
          tooComplex(
            `The name '${name}' has ${value.length} characters; ${MAX_NAME} is the most. Use a shorter alias.`,
          ),
        );
      },
    };
  };
  return { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
}
