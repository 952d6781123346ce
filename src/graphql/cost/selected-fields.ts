import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues, type SelectionNode } from 'graphql';

/** Values of an operation's variables, as graphql-js has coerced them. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** Whether `@skip` and `@include` let a field or fragment be selected, with these values of variables. */
export const isIncluded = (node: SelectionNode, values: VariableValues): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, values)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, values)?.['if'] !== false;
