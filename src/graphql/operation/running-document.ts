import type { GraphQLSchema } from 'graphql';
import type { Fragments } from './fragments.ts';
import type { VariableValues } from './variables.ts';

/** The data that is needed to interpret the selections of an operation: the schema, the fragments and the coerced variables. */
export interface RunningDocument {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: VariableValues;
}
