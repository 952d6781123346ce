import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded, type VariableValues } from '../cost/selected-fields.ts';

/** The fragments of an operation that is run, with its coerced variables. */
export interface RunningFragments {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: VariableValues;
}

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

export interface FieldCollector {
  /** Whether anything in a selection, at any depth, may arrive later. */
  hasParts(set: SelectionSetNode): boolean;
  collect(sets: readonly SelectionSetNode[], type: GraphQLNamedType): CollectedFields;
}

/** By key, the selections of each field. */
type Nodes = Map<string, FieldNode[]>;

/** Creates the collector of one operation. */
export function createFieldCollector({ schema, fragments, variables }: RunningFragments): FieldCollector {
  const known = new WeakMap<SelectionSetNode, boolean>();

  function hasParts(set: SelectionSetNode): boolean {
    const before = known.get(set);
    if (before !== undefined) return before;
    const found = set.selections.some((node) => {
      if (node.directives?.some(({ name }) => name.value === 'defer' || name.value === 'stream')) return true;
      const inner =
        node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value)?.selectionSet : node.selectionSet;
      return inner !== undefined && hasParts(inner);
    });
    known.set(set, found);
    return found;
  }

  /** The label of a directive that is in effect, empty if it has none; `null` if there is no such directive. */
  function labelOf(name: 'defer' | 'stream', node: FieldNode | FragmentSpreadNode | InlineFragmentNode): string | null {
    const definition = schema.getDirective(name);
    const values = definition == null ? undefined : getDirectiveValues(definition, node, { ...variables });
    if (values === undefined || values['if'] === false) return null;
    return typeof values['label'] === 'string' ? values['label'] : '';
  }

  const toFields = (nodes: Nodes): readonly CollectedField[] =>
    [...nodes].flatMap(([key, all]) => {
      const [node] = all;
      if (node === undefined) return [];
      const sets = all.flatMap(({ selectionSet }) => selectionSet ?? []);
      return [{ key, node, sets, streamLabel: labelOf('stream', node) }];
    });

  function applies(fragment: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLNamedType): boolean {
    if (fragment.typeCondition === undefined) return true;
    const condition = schema.getType(fragment.typeCondition.name.value);
    return condition === type || (isAbstractType(condition) && isObjectType(type) && schema.isSubType(condition, type));
  }

  return {
    hasParts,
    collect(sets, type) {
      const visited = new Set<string>();
      const deferred: { readonly label: string; readonly nodes: Nodes }[] = [];

      function addFragment(node: FragmentSpreadNode | InlineFragmentNode, nodes: Nodes): void {
        const label = labelOf('defer', node);
        const isSpread = node.kind === Kind.FRAGMENT_SPREAD;
        if (isSpread && label === null && visited.has(node.name.value)) return;
        const fragment = isSpread ? fragments.get(node.name.value) : node;
        if (fragment === undefined || !applies(fragment, type)) return;
        if (label === null) {
          if (isSpread) visited.add(node.name.value);
          addAll(fragment.selectionSet, nodes);
          return;
        }
        const own: Nodes = new Map();
        addAll(fragment.selectionSet, own);
        deferred.push({ label, nodes: own });
      }

      function addAll({ selections }: SelectionSetNode, nodes: Nodes): void {
        for (const node of selections) {
          if (!isIncluded(node, variables)) continue;
          if (node.kind !== Kind.FIELD) {
            addFragment(node, nodes);
            continue;
          }
          const key = (node.alias ?? node.name).value;
          const same = nodes.get(key);
          if (same === undefined) nodes.set(key, [node]);
          else same.push(node);
        }
      }

      const nodes: Nodes = new Map();
      for (const set of sets) addAll(set, nodes);
      return {
        fields: toFields(nodes),
        deferred: deferred.map((one) => ({ label: one.label, fields: toFields(one.nodes) })),
      };
    },
  };
}

/** The fragments of a document by name. */
export function fragmentsIn({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  return fragments;
}
