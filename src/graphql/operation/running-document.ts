import type { GraphQLSchema } from 'graphql';
import type { Fragments } from './fragments.ts';
import type { VariableValues } from './variables.ts';

/** What the selections of an operation depend on besides the text of the operation: the schema, the fragments and the coerced variables. */
export interface RunningDocument {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: VariableValues;
}
