import { type FieldNode, type FragmentDefinitionNode, type GraphQLSchema, getNamedType } from 'graphql';
import { type LongestValues, longestValues } from '../graphql/cost/longest-values.ts';
import type { SizeOfReport } from '../graphql/cost/report-size.ts';
import { type Size, sizeOfItem } from '../graphql/cost/selected-size.ts';

/**
 * Takes a field whose value is an object or a list of objects. Returns a function that computes the maximum size of one of these objects.
 */
export type SizesOf = (field: FieldNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>) => SizeOfReport;

/**
 * Creates a function that computes the maximum size of an object as JSON. The size for a field is computed once and then reused. The
 * function assumes that no field or fragment is skipped, so the size may be too high. An operation whose size is too high for the fast path
 * is executed by Yoga, whose plugins use the exact size.
 */
export function createSizes(schema: GraphQLSchema, typeName: string): SizesOf {
  const known = new WeakMap<FieldNode, { readonly longest: LongestValues; readonly size: Size }>();
  const type = getNamedType(schema.getType(typeName));
  if (type === undefined) throw new Error(`the schema has no ${typeName}`);
  return (field, fragments) => (lists) => {
    const longest = longestValues(lists);
    const computed = known.get(field);
    if (computed?.longest === longest) return computed.size;
    const size = sizeOfItem({ schema, fragments, variables: null, longest, pathBytes: 0 }, type, [field]);
    known.set(field, { longest, size });
    return size;
  };
}
