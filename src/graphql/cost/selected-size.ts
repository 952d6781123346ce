import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { bytesOf, type LongestValues } from './longest-values.ts';
import { isIncluded, type VariableValues } from './selected-fields.ts';

/** Bytes of an answer, as JSON: once, and for each row and each failure of a report. An upper bound. */
export interface Size {
  readonly fixed: number;
  readonly row: number;
  readonly failure: number;
}

/** What fields are selected from, and the longest values that they may have. */
export interface Selected {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode | undefined>>;
  /** `null` takes every field and fragment to be included. */
  readonly variables: VariableValues | null;
  readonly longest: LongestValues;
  /** Bytes of the path from the root of the operation; each part of an answer in parts repeats it. */
  readonly pathBytes: number;
}

const BRACES = 2;
/** Two quotes, a colon and a comma. */
const KEY_JOINTS = 4;
const NULL_BYTES = 4;

/** Around a part of an answer in parts: headers, JSON and an index in the path. */
const PART_BYTES = 300;

/** Bytes of values whose length the schema decides, by type. */
const SCALARS: Readonly<Record<string, number>> = { Int: 11, Float: 24, Boolean: 5, DateTime: 26 };

/** Bytes of the other values: messages of failures and ids of events. */
const OTHER_BYTES = 256;

/** Bytes of one pod size, with a comma. */
const POD_SIZE_BYTES = 3;

/** Lists inside a row, or beside all rows, with their most items. */
const LISTS: Readonly<Record<string, number>> = {
  'GpuAvailability.availableGpuCounts': 32,
  'Upstream.sources': 4,
};

/** Fields that count their own bytes when they are answered. */
const COUNTED_BY_THEMSELVES = new Set([
  'Query.gpuAvailability',
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

/** The size of an object of `type`, of which these selections are asked. */
export function sizeOfObject(
  selected: Selected,
  type: GraphQLNamedType,
  selectionSets: readonly SelectionSetNode[],
): Size {
  const { fields, parts } = collect(selected, type, selectionSets);
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

/** The size of one object in the value of a field, which is asked by these nodes. */
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

/** A fragment that is delivered as a part of its own. */
interface DeferredPart {
  readonly selectionSet: SelectionSetNode;
  /** Bytes of its label. */
  readonly label: number;
}

/** The fields of an object by key, as they are merged, and the fragments that are deferred. */
export function collect(
  { schema, fragments, variables }: Pick<Selected, 'schema' | 'fragments' | 'variables'>,
  type: GraphQLNamedType,
  selectionSets: readonly SelectionSetNode[],
) {
  const fields = new Map<string, FieldNode[]>();
  const parts: DeferredPart[] = [];
  const visited = new Set<string>();

  function visit(selection: SelectionNode): void {
    if (variables !== null && !isIncluded(selection, variables)) return;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const nodes = fields.get(key);
      if (nodes === undefined) fields.set(key, [selection]);
      else nodes.push(selection);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    if (fragment === undefined || !applies(fragment.typeCondition?.name.value, type, schema)) return;
    const label = labelBytes(selection, 'defer');
    if (label !== null) {
      parts.push({ selectionSet: fragment.selectionSet, label });
      return;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (visited.has(selection.name.value)) return;
      visited.add(selection.name.value);
    }
    fragment.selectionSet.selections.forEach(visit);
  }

  for (const { selections } of selectionSets) selections.forEach(visit);
  return { fields, parts };
}

function applies(condition: string | undefined, type: GraphQLNamedType, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && isObjectType(type) && schema.isSubType(conditional, type);
}

/** Bytes that each item of a streamed list takes besides; 0 for a list that is not streamed. */
function streamBytes({ pathBytes }: Selected, nodes: readonly FieldNode[]): number {
  const labels = nodes.flatMap((node) => labelBytes(node, 'stream') ?? []);
  return labels.length === 0 ? 0 : PART_BYTES + pathBytes + Math.max(...labels);
}

/** Bytes of the label of `@defer` or `@stream`; `null` without the directive. */
function labelBytes({ directives = [] }: SelectionNode, name: string): number | null {
  const directive = directives.find((one) => one.name.value === name);
  if (directive === undefined) return null;
  const label = directive.arguments?.find((argument) => argument.name.value === 'label')?.value;
  return label?.kind === Kind.STRING ? bytesOf(label.value) : 0;
}

const fixed = (bytes: number): Size => ({ fixed: bytes, row: 0, failure: 0 });

const add = (a: Size, b: Size): Size => ({
  fixed: a.fixed + b.fixed,
  row: a.row + b.row,
  failure: a.failure + b.failure,
});
