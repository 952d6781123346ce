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

/** The fields of an object as the executor collects them: those that it answers at once, and those of each deferred fragment. */
export interface CollectedFields {
  readonly fields: readonly CollectedField[];
  readonly deferred: readonly { readonly label: string; readonly fields: readonly CollectedField[] }[];
}

/** What an object selects under one key. */
export interface CollectedField {
  /** The key in the answer. */
  readonly key: string;
  /** The first selection of the field. Its arguments and `@stream` hold for all. */
  readonly node: FieldNode;
  readonly sets: readonly SelectionSetNode[];
  /** `null` if the field is not streamed. */
  readonly streamLabel: string | null;
}

/** By key, the selections of each field. */
type Nodes = Map<string, FieldNode[]>;

/** What is being collected for one object. */
interface Collection {
  readonly run: RunningDocument;
  readonly type: GraphQLNamedType;
  /** Names of the fragments that were collected at once. The executor skips them when they are spread again. */
  readonly visited: Set<string>;
  readonly deferred: { readonly label: string; readonly nodes: Nodes }[];
}

/** Collects what the executor answers for an object of this type. */
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

/** The label of a directive that is in effect, empty if it has none; `null` if there is no such directive. */
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
