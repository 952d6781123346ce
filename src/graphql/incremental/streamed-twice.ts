import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { RunningDocument } from '../operation/running-document.ts';
import { type CollectedField, collectFields } from './collected-fields.ts';
import { createPartSearch } from './part-search.ts';

/**
 * Selection sets that the executor merges into one. The executor does not merge a deferred fragment with the fields around it, so the
 * fragment belongs to a different group.
 */
type Group = readonly SelectionSetNode[];

/**
 * Finds a list that is streamed twice: once inside and once outside of a deferred fragment, or in two deferred fragments. The executor
 * would send the items of this list twice, and clients could not merge them.
 */
export function findStreamedTwice(run: RunningDocument, operation: OperationDefinitionNode): FieldNode | undefined {
  const { schema } = run;
  const hasParts = createPartSearch(run.fragments);

  function inObject(type: GraphQLNamedType, groups: readonly Group[]): FieldNode | undefined {
    if (isAbstractType(type)) return firstOf(schema.getPossibleTypes(type), (possible) => inObject(possible, groups));
    if (!isObjectType(type)) return undefined;
    const byKey = new Map<string, CollectedField[]>();
    for (const group of groups) {
      const { fields, deferred } = collectFields(run, group, type);
      for (const field of [fields, ...deferred.map((one) => one.fields)].flat()) {
        byKey.set(field.key, [...(byKey.get(field.key) ?? []), field]);
      }
    }
    return firstOf(byKey.values(), (same) => inField(type, same));
  }

  /**
   * Finds a list that is streamed twice: either the list that is the value of the field, or a list inside that value. `same` has one
   * element for each group (see `Group`) that selects the field.
   */
  function inField(type: GraphQLObjectType, same: readonly CollectedField[]): FieldNode | undefined {
    const [, second] = same.filter(({ streamLabel }) => streamLabel !== null);
    if (second !== undefined) return second.node;
    const groups = same.map(({ sets }) => sets).filter((sets) => sets.some(hasParts));
    const fieldType = getNamedType(type.getFields()[same[0]?.node.name.value ?? '']?.type);
    return groups.length === 0 || fieldType === undefined ? undefined : inObject(fieldType, groups);
  }

  const root = schema.getRootType(operation.operation);
  return root == null ? undefined : inObject(root, [[operation.selectionSet]]);
}

function firstOf<T, Found>(items: Iterable<T>, find: (item: T) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
