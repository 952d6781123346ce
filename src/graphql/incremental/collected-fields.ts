import {
  type FieldNode,
  type FragmentSpreadNode,
  type GraphQLNamedType,
  getDirectiveValues,
  type InlineFragmentNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { appliesTo, fragmentOf } from '../operation/fragments.ts';
import { isIncluded } from '../operation/inclusion.ts';
import type { RunningDocument } from '../operation/running-document.ts';

/**
 * The fields of an object, grouped as the executor sends them: the fields that are sent at once, and the fields of each deferred fragment.
 */
export interface CollectedFields {
  readonly fields: readonly CollectedField[];
  readonly deferred: readonly { readonly label: string; readonly fields: readonly CollectedField[] }[];
}

/** All selections with the same key in an object, which the executor merges into one field. */
export interface CollectedField {
  /** The key of the field in the response: its alias if it has one, else its name. */
  readonly key: string;
  /** The first selection of the field. Its arguments and its `@stream` apply to all selections of the field. */
  readonly node: FieldNode;
  readonly sets: readonly SelectionSetNode[];
  /** The label of the field's `@stream`. `null` if the field is not streamed, empty if its `@stream` has no label. */
  readonly streamLabel: string | null;
}

/** The selections of each field, by key. */
type Nodes = Map<string, FieldNode[]>;

/** The state while the fields of one object are collected. */
interface Collection {
  readonly run: RunningDocument;
  readonly type: GraphQLNamedType;
  /** The names of the fragments that were collected without `@defer`. The executor skips them if they are spread again. */
  readonly visited: Set<string>;
  readonly deferred: { readonly label: string; readonly nodes: Nodes }[];
}

/** Collects the fields of an object of this type, in the groups in which the executor sends them. */
export function collectFields(
  run: RunningDocument,
  sets: readonly SelectionSetNode[],
  type: GraphQLNamedType,
): CollectedFields {
  const collection: Collection = { run, type, visited: new Set(), deferred: [] };
  const nodes: Nodes = new Map();
  for (const set of sets) addSelections(collection, set, nodes);
  return {
    fields: toFields(run, nodes),
    deferred: collection.deferred.map((one) => ({ label: one.label, fields: toFields(run, one.nodes) })),
  };
}

function addSelections(collection: Collection, { selections }: SelectionSetNode, nodes: Nodes): void {
  for (const node of selections) {
    if (!isIncluded(node, collection.run.variables)) continue;
    if (node.kind === Kind.FIELD) addField(node, nodes);
    else addFragment(collection, node, nodes);
  }
}

function addField(node: FieldNode, nodes: Nodes): void {
  const key = (node.alias ?? node.name).value;
  const same = nodes.get(key);
  if (same === undefined) nodes.set(key, [node]);
  else same.push(node);
}

function addFragment(collection: Collection, node: FragmentSpreadNode | InlineFragmentNode, nodes: Nodes): void {
  const { run, type, visited, deferred } = collection;
  const label = labelOf(run, 'defer', node);
  const isSpread = node.kind === Kind.FRAGMENT_SPREAD;
  if (isSpread && label === null && visited.has(node.name.value)) return;
  const fragment = fragmentOf(node, run.fragments);
  if (fragment === undefined || !appliesTo(fragment, type, run.schema)) return;
  if (label === null) {
    if (isSpread) visited.add(node.name.value);
    addSelections(collection, fragment.selectionSet, nodes);
    return;
  }
  const own: Nodes = new Map();
  addSelections(collection, fragment.selectionSet, own);
  deferred.push({ label, nodes: own });
}

function toFields(run: RunningDocument, nodes: Nodes): readonly CollectedField[] {
  return [...nodes].flatMap(([key, all]) => {
    const [node] = all;
    if (node === undefined) return [];
    const sets = all.flatMap(({ selectionSet }) => selectionSet ?? []);
    return [{ key, node, sets, streamLabel: labelOf(run, 'stream', node) }];
  });
}

/**
 * Returns the label of a directive, or an empty text if the directive has no label. Returns `null` if the directive is absent or switched
 * off.
 */
function labelOf(
  { schema, variables }: RunningDocument,
  name: 'defer' | 'stream',
  node: FieldNode | FragmentSpreadNode | InlineFragmentNode,
): string | null {
  const definition = schema.getDirective(name);
  const values = definition == null ? undefined : getDirectiveValues(definition, node, { ...variables });
  if (values === undefined || values['if'] === false) return null;
  return typeof values['label'] === 'string' ? values['label'] : '';
}
