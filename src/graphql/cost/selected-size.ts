import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isLeafType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import type { LongestValues } from './longest-values.ts';
import { labelBytes, type MeasuredDocument, mergeSelections } from './merged-selections.ts';

/**
 * An upper bound for the size of a value as JSON: `fixed` bytes once, `row` bytes for each row of its report, and `failure` bytes for each
 * failure.
 */
export interface Size {
  readonly fixed: number;
  readonly row: number;
  readonly failure: number;
}

/** The document of an operation, and the maximum sizes of the values of its fields. */
export interface Selected extends MeasuredDocument {
  readonly longest: LongestValues;
  /** The size of the path from the root of the operation to the value, in bytes. Every part of an incremental response repeats the path. */
  readonly pathBytes: number;
}

const BRACES = 2;
/** The bytes that a key has in addition to its name: two quotes, a colon and a comma. */
const KEY_JOINTS = 4;
const NULL_BYTES = 4;

/**
 * An upper bound for the bytes that one part of an incremental response has in addition to its data: headers, JSON syntax, and an index in
 * the path.
 */
const PART_BYTES = 300;

/** The maximum size of a value in bytes, by scalar type. */
const SCALARS: Readonly<Record<string, number>> = { Int: 11, Float: 24, Boolean: 5, DateTime: 26 };

/**
 * The maximum size of a value of a scalar type that is not in `SCALARS`, in bytes. The longest values are the messages of failures and the
 * ids of events.
 */
const OTHER_BYTES = 256;

/** The maximum size of one number in a list of pod sizes, with its comma, in bytes. */
const POD_SIZE_BYTES = 3;

/**
 * The maximum number of items of the list fields whose maximum is known. For other list fields, the length of the longest list in RunPod's
 * data is the maximum.
 */
const LISTS: Readonly<Record<string, number>> = {
  'GpuAvailability.availableGpuCounts': 32,
  'Placement.relaxations': 13,
  'Upstream.sources': 4,
};

/**
 * The fields whose values are not counted here: each is assumed to be `null`. Their sizes are counted by their resolvers or, for
 * introspection fields, in introspection-size.ts.
 */
const COUNTED_BY_THEMSELVES = new Set([
  'Query.gpuAvailability',
  'Query.placement',
  'Placement.options',
  'Placement.excluded',
  'Query.gpuTypes',
  'Query.gpuType',
  'Query.dataCenters',
  'Query.dataCenter',
  'Query._entities',
  'Query.__schema',
  'Query.__type',
  'GpuType.availability',
  'DataCenter.availability',
]);

/** Returns the size of an object of `type` with these selections. */
export function sizeOfObject(
  selected: Selected,
  type: GraphQLNamedType,
  selectionSets: readonly SelectionSetNode[],
): Size {
  const { fields, parts } = mergeSelections(selected, type, selectionSets);
  let size: Size = { fixed: BRACES, row: 0, failure: 0 };
  for (const [key, nodes] of fields) {
    const pathBytes = selected.pathBytes + key.length + KEY_JOINTS;
    size = add(size, { fixed: key.length + KEY_JOINTS, row: 0, failure: 0 });
    size = add(size, sizeOfField({ ...selected, pathBytes }, type, nodes));
  }
  for (const { label, selectionSet } of parts) {
    size = add(size, { fixed: PART_BYTES + selected.pathBytes + label, row: 0, failure: 0 });
    size = add(size, sizeOfObject(selected, type, [selectionSet]));
  }
  return size;
}

/**
 * Returns the size of the value of a field or, if the value is a list, of one of its items. `nodes` are the places where an operation
 * selects the field.
 */
export function sizeOfItem(selected: Selected, type: GraphQLNamedType, nodes: readonly FieldNode[]): Size {
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return add(sizeOfObject(selected, type, selectionSets), fixed(1 + streamBytes(selected, nodes)));
}

function sizeOfField(selected: Selected, parent: GraphQLNamedType, nodes: readonly FieldNode[]): Size {
  const [{ name }] = nodes as [FieldNode];
  if (name.value === '__typename') return fixed(parent.name.length + BRACES);
  const coordinate = `${parent.name}.${name.value}`;
  const field = isObjectType(parent) ? parent.getFields()[name.value] : undefined;
  if (field === undefined || COUNTED_BY_THEMSELVES.has(coordinate)) return fixed(NULL_BYTES);
  const type = getNamedType(field.type);
  if (isLeafType(type)) return fixed(bytesOfLeaf(selected, coordinate, field, streamBytes(selected, nodes)));
  const one = sizeOfItem(selected, type, nodes);
  if (coordinate === 'GpuAvailabilityReport.nodes') return { fixed: BRACES, row: one.fixed, failure: 0 };
  if (coordinate === 'Coverage.failures') return { fixed: BRACES, row: 0, failure: one.fixed };
  const items = LISTS[coordinate] ?? 1;
  return add({ fixed: one.fixed * items, row: one.row * items, failure: one.failure * items }, fixed(BRACES));
}

function bytesOfLeaf(
  { longest }: Selected,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  partOfItem: number,
): number {
  const type = getNamedType(field.type);
  const measured = longest.get(coordinate);
  const items = measured?.items ?? LISTS[coordinate] ?? 0;
  const inParts = items * partOfItem;
  if (measured !== undefined) return measured.bytes + inParts;
  if (isEnumType(type)) return Math.max(...type.getValues().map(({ name }) => name.length)) + BRACES + inParts;
  const single = SCALARS[type.name] ?? OTHER_BYTES;
  return (items > 0 ? BRACES + items * POD_SIZE_BYTES : single) + inParts;
}

/** Returns how many bytes each item of a list needs in addition to its data because the list is streamed; 0 if the list is not streamed. */
function streamBytes({ pathBytes }: Selected, nodes: readonly FieldNode[]): number {
  const labels = nodes.flatMap((node) => labelBytes(node, 'stream') ?? []);
  return labels.length === 0 ? 0 : PART_BYTES + pathBytes + Math.max(...labels);
}

const fixed = (bytes: number): Size => ({ fixed: bytes, row: 0, failure: 0 });

const add = (a: Size, b: Size): Size => ({
  fixed: a.fixed + b.fixed,
  row: a.row + b.row,
  failure: a.failure + b.failure,
});
