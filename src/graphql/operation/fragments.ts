import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  isObjectType,
  Kind,
} from 'graphql';

/** The fragment definitions of a document, by name. */
export type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>;

/** A definition of a fragment, or an inline fragment. */
type Fragment = FragmentDefinitionNode | InlineFragmentNode;

/** Returns the fragment definitions of a document. */
export const fragmentsIn = ({ definitions }: DocumentNode): Fragments =>
  Object.fromEntries(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );

/**
 * Returns the fragment of a selection: the selection itself if it is an inline fragment, or the definition that a fragment spread names.
 * Returns `undefined` if the document has no such definition.
 */
export const fragmentOf = (
  selection: FragmentSpreadNode | InlineFragmentNode,
  fragments: Fragments,
): Fragment | undefined => (selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]);

/**
 * Returns the type that the fields of a fragment belong to. If the fragment has no type condition, this is `outer`, the type around the
 * fragment.
 */
export function typeOfFragment<Outer extends GraphQLNamedType | undefined>(
  { typeCondition }: Fragment,
  outer: Outer,
  schema: GraphQLSchema,
): GraphQLNamedType | Outer | undefined {
  return typeCondition === undefined ? outer : schema.getType(typeCondition.name.value);
}

/** Whether a fragment applies to objects of this type. */
export function appliesTo(fragment: Fragment, type: GraphQLNamedType, schema: GraphQLSchema): boolean {
  const condition = typeOfFragment(fragment, type, schema);
  return condition === type || (isAbstractType(condition) && isObjectType(type) && schema.isSubType(condition, type));
}
