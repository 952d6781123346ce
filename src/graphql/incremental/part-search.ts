import { Kind, type SelectionSetNode } from 'graphql';
import { type Fragments, fragmentOf } from '../operation/fragments.ts';

/**
 * Creates a function that checks whether a selection set contains `@defer` or `@stream` at any depth. The function visits each selection
 * set only once.
 */
export function createPartSearch(fragments: Fragments): (set: SelectionSetNode) => boolean {
  const known = new WeakMap<SelectionSetNode, boolean>();
  return function hasParts(set) {
    const before = known.get(set);
    if (before !== undefined) return before;
    const found = set.selections.some((node) => {
      if (node.directives?.some(({ name }) => name.value === 'defer' || name.value === 'stream')) return true;
      const inner = node.kind === Kind.FIELD ? node.selectionSet : fragmentOf(node, fragments)?.selectionSet;
      return inner !== undefined && hasParts(inner);
    });
    known.set(set, found);
    return found;
  };
}
