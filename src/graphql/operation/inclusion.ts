import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues, type SelectionNode } from 'graphql';
import type { VariableValues } from './variables.ts';

/** Whether `@skip` and `@include` leave a field or fragment in the operation, with these values of variables. */
export const isIncluded = (node: SelectionNode, values: VariableValues): boolean =>
  getDirectiveValues(GraphQLSkipDirective, node, values)?.['if'] !== true &&
  getDirectiveValues(GraphQLIncludeDirective, node, values)?.['if'] !== false;
