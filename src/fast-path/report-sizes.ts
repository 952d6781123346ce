import { type FieldNode, type FragmentDefinitionNode, type GraphQLSchema, getNamedType } from 'graphql';
import { type LongestValues, longestValues } from '../graphql/cost/longest-values.ts';
import type { SizeOfReport } from '../graphql/cost/report-size.ts';
import { type Size, sizeOfItem } from '../graphql/cost/selected-size.ts';

/** Returns a function that computes the size of a report with the selection of `field`. */
export type SizesOf = (field: FieldNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>) => SizeOfReport;

/**
 * Creates a function that computes an upper bound for the size of a report, once for each field. The bound assumes that no field or
 * fragment is skipped. If an operation exceeds a limit only because of this assumption, Yoga's plugins check it with the exact size.
 */
export function createReportSizes(schema: GraphQLSchema): SizesOf {
  const known = new WeakMap<FieldNode, { readonly longest: LongestValues; readonly size: Size }>();
  const type = getNamedType(schema.getType('GpuAvailabilityReport'));
  if (type === undefined) throw new Error('the schema has no GpuAvailabilityReport');
  return (field, fragments) => (lists) => {
    const longest = longestValues(lists);
    const computed = known.get(field);
    if (computed?.longest === longest) return computed.size;
    const size = sizeOfItem({ schema, fragments, variables: null, longest, pathBytes: 0 }, type, [field]);
    known.set(field, { longest, size });
    return size;
  };
}
