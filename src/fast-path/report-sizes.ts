import { type FieldNode, type FragmentDefinitionNode, type GraphQLSchema, getNamedType } from 'graphql';
import { type LongestValues, longestValues } from '../graphql/cost/longest-values.ts';
import type { SizeOfReport } from '../graphql/cost/report-size.ts';
import { type Size, sizeOfItem } from '../graphql/cost/selected-size.ts';

/** Returns the size of a report as `field` selects it. */
export type SizesOf = (field: FieldNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>) => SizeOfReport;

/**
 * Creates upper bounds for sizes, computed once for each field: every field and fragment counts as included. An operation that exceeds a
 * limit only because of that is judged exactly by Yoga's plugins.
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
