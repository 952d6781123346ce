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

/** A fragment, with the selections that it stands for. */
type Fragment = FragmentDefinitionNode | InlineFragmentNode;

/** Returns the fragment definitions of a document. */
export const fragmentsIn = ({ definitions }: DocumentNode): Fragments =>
  Object.fromEntries(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );

/** The fragment that a selection stands for; `undefined` if the document does not define it. */
export const fragmentOf = (
  selection: FragmentSpreadNode | InlineFragmentNode,
  fragments: Fragments,
): Fragment | undefined => (selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value]);

/** The type that the selections of a fragment are on. `outer` is the type of the selection that the fragment is in. */
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
