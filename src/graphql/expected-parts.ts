import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { VariableValues } from './prepared-arguments.ts';
import { isIncluded } from './selected-fields.ts';

/** The fields under one response key, each with the type that it is selected on. */
type Fields = Map<string, { readonly node: FieldNode; readonly on: GraphQLNamedType }[]>;
type Path = readonly (string | number)[];

/** A deferred fragment or the rest of a streamed list, which follows in a later result. */
export interface ExpectedPart {
  /** Of the object that has the fragment, or of the list. */
  readonly path: Path;
  readonly label: string | undefined;
  readonly isList: boolean;
  /** The response keys of a fragment. */
  readonly keys: ReadonlySet<string>;
  /** The parts that follow later still, now that this fragment, or the item at this index of the list, has arrived. */
  readonly within: (value: unknown, index?: number) => readonly ExpectedPart[];
}

/** An operation with its coerced variables. */
export interface RunningOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: VariableValues;
}

/**
 * Finds the parts that follow the first result of an operation, from its data: the executor does not report them before they are complete. A
 * deferred fragment on an object whose type is not known from the data is left out.
 */
export function createExpectedParts(run: RunningOperation): (data: unknown) => readonly ExpectedPart[] {
  const { schema, operation, fragments, variables } = run;
  const mentions = new WeakMap<SelectionSetNode, boolean>();

  /** Whether anything in a selection, at any depth, arrives later. */
  function hasLater(set: SelectionSetNode): boolean {
    const known = mentions.get(set);
    if (known !== undefined) return known;
    const found = set.selections.some((node) => {
      if (node.directives?.some(({ name }) => name.value === 'defer' || name.value === 'stream')) return true;
      const inner =
        node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value)?.selectionSet : node.selectionSet;
      return inner !== undefined && hasLater(inner);
    });
    mentions.set(set, found);
    return found;
  }

  function directive(name: 'defer' | 'stream', node: Parameters<typeof getDirectiveValues>[1]) {
    const definition = schema.getDirective(name);
    const values = definition == null ? undefined : getDirectiveValues(definition, node, { ...variables });
    if (values === undefined || values['if'] === false) return null;
    return { label: typeof values['label'] === 'string' ? values['label'] : undefined };
  }

  function collect(
    set: SelectionSetNode,
    type: GraphQLNamedType,
    fields: Fields,
    deferred: { readonly label: string | undefined; readonly fields: Fields }[],
    visited: Set<string>,
  ): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        if (!isIncluded(node, variables)) continue;
        const key = (node.alias ?? node.name).value;
        fields.set(key, [...(fields.get(key) ?? []), { node, on: type }]);
        continue;
      }
      if (node.kind === Kind.FRAGMENT_SPREAD && visited.has(node.name.value) && directive('defer', node) === null)
        continue;
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (fragment === undefined || !isIncluded(node, variables)) continue;
      const condition = fragment.typeCondition?.name.value;
      const on = condition === undefined ? type : (schema.getType(condition) ?? type);
      // An abstract condition, or one on an object of a type that is not known, may apply.
      if (isObjectType(type) && isObjectType(on) && type !== on) continue;
      const inner = isObjectType(type) ? type : on;
      const defer = directive('defer', node);
      if (defer === null) {
        if (node.kind === Kind.FRAGMENT_SPREAD) visited.add(node.name.value);
        collect(fragment.selectionSet, inner, fields, deferred, visited);
      } else {
        const own: Fields = new Map();
        collect(fragment.selectionSet, inner, own, deferred, visited);
        if (inner === type) deferred.push({ label: defer.label, fields: own });
      }
    }
  }

  function* inObject(value: object, type: GraphQLNamedType, sets: readonly SelectionSetNode[], path: Path) {
    const { __typename: named } = value as { readonly __typename?: unknown };
    const known = isObjectType(type) || typeof named !== 'string' ? type : (schema.getType(named) ?? type);
    const fields: Fields = new Map();
    const deferred: { readonly label: string | undefined; readonly fields: Fields }[] = [];
    const visited = new Set<string>();
    for (const set of sets) collect(set, known, fields, deferred, visited);
    for (const one of deferred) {
      const within = (data: unknown) => [...inFields(data, one.fields, path)];
      yield { path, label: one.label, isList: false, keys: new Set(one.fields.keys()), within };
    }
    yield* inFields(value, fields, path);
  }

  function* inFields(value: unknown, fields: Fields, path: Path): Generator<ExpectedPart> {
    for (const [key, selected] of fields) {
      const field: unknown = (value as Record<string, unknown>)[key];
      if (field !== undefined && field !== null) yield* inField(field, selected, [...path, key]);
    }
  }

  function* inField(value: unknown, selected: NonNullable<ReturnType<Fields['get']>>, path: Path) {
    const [first] = selected;
    const type = first && 'getFields' in first.on ? first.on.getFields()[first.node.name.value]?.type : undefined;
    if (first === undefined || type === undefined) return;
    const sets = selected.flatMap(({ node }) => node.selectionSet ?? []);
    const inItem = sets.some(hasLater) ? sets : [];
    const itemType = getNamedType(type);
    const stream = Array.isArray(value) ? directive('stream', first.node) : null;
    if (stream !== null) {
      const within = (item: unknown, index = 0) => [...inValue(item, itemType, inItem, [...path, index])];
      yield { path, label: stream.label, isList: true, keys: NO_KEYS, within };
    }
    yield* inValue(value, itemType, inItem, path);
  }

  function* inValue(
    value: unknown,
    type: GraphQLNamedType,
    sets: readonly SelectionSetNode[],
    path: Path,
  ): Generator<ExpectedPart> {
    if (sets.length === 0 || typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) yield* inObject(value, type, sets, path);
    else for (const [index, item] of value.entries()) yield* inValue(item, type, sets, [...path, index]);
  }

  const root = schema.getRootType(operation.operation);
  return (data) => (root == null ? [] : [...inValue(data, root, [operation.selectionSet], [])]);
}

const NO_KEYS: ReadonlySet<string> = new Set();
