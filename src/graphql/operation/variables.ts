import { type GraphQLSchema, getVariableValues, type VariableDefinitionNode } from 'graphql';

/** The values of an operation's variables, coerced by graphql-js. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** The option that makes graphql-js stop at the first error. One error is enough to reject the values. */
const ONE_ERROR = { maxErrors: 1 };

/** Coerces the values of an operation's variables. Returns `undefined` if they are not valid. */
export const readVariables = (
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  values: VariableValues,
): VariableValues | undefined => getVariableValues(schema, definitions, values, ONE_ERROR).coerced;
