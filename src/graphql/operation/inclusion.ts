import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues, type SelectionNode } from 'graphql';
import type { VariableValues } from './variables.ts';

/** Whether a field or fragment is part of the operation, given its directives `@skip` and `@include` and the values of the variables. */
export const isIncluded = (node: SelectionNode, values: VariableValues): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, values)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, values)?.['if'] !== false;
