import type { GraphQLSchema } from 'graphql';
import type { Fragments } from './fragments.ts';
import type { VariableValues } from './variables.ts';

/** The context that gives the selections of an operation their meaning: the schema, the fragments and the coerced variables. */
export interface RunningDocument {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: VariableValues;
}
