import { type GraphQLSchema, getVariableValues, type VariableDefinitionNode } from 'graphql';

/** Values of an operation's variables, as graphql-js has coerced them. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** The first error is enough to know that the values are not valid. */
const ONE_ERROR = { maxErrors: 1 };

/** The values of an operation's variables as its fields get them; `undefined` if they are not valid. */
export const readVariables = (
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  values: VariableValues,
): VariableValues | undefined => getVariableValues(schema, definitions, values, ONE_ERROR).coerced;
