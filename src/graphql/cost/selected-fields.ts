import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionNode } from 'graphql';
import { isIncluded } from '../operation/inclusion.ts';
import type { VariableValues } from '../operation/variables.ts';

/** A field of a selection, with its key in the response. */
export interface SelectedField {
  readonly key: string;
  readonly node: FieldNode;
  /** Whether it is selected with these values of variables. */
  readonly isIncluded: (values: VariableValues) => boolean;
}

/**
 * The fields of a selection on an object type that is no interface, in their order, with those of fragments in place. `null` when two
 * would have to be merged.
 */
export function selectFields(
  selections: readonly SelectionNode[],
  fragments: readonly FragmentDefinitionNode[],
): readonly SelectedField[] | null {
  const fields: SelectedField[] = [];
  const names = new Set<string>();

  /** Whether what is there now is new, and of a fragment that is new. `around` is what is skipped or included as a whole. */
  function add(some: readonly SelectionNode[], around: readonly SelectionNode[]): boolean {
    return some.every((selection) => {
      const nodes = selection.directives?.length ? [...around, selection] : around;
      if (selection.kind === Kind.INLINE_FRAGMENT) return add(selection.selectionSet.selections, nodes);
      const isField = selection.kind === Kind.FIELD;
      const key = isField ? (selection.alias ?? selection.name).value : `...${selection.name.value}`;
      if (names.has(key)) return false;
      names.add(key);
      if (isField) {
        fields.push({ key, node: selection, isIncluded: (values) => nodes.every((node) => isIncluded(node, values)) });
        return true;
      }
      const fragment = fragments.find(({ name }) => name.value === selection.name.value);
      return fragment !== undefined && add(fragment.selectionSet.selections, nodes);
    });
  }

  return add(selections, []) ? fields : null;
}
