import { Kind, type NameNode, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from '../mask-error.ts';

/** The maximum length of a name, in characters. A long alias is expensive, because the response repeats it in every row. */
const MAX_NAME = 128;

/** The number of characters of a long name that the message shows. */
const SHOWN = 20;

/** Rejects operations in which the name of a field, alias, argument, variable, fragment, directive or operation is too long. */
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
            `The name '${name}' has ${value.length} characters; the limit is ${MAX_NAME}. Use a shorter name.`,
          ),
        );
      },
    };
  };
  return { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
}
