import { type ASTNode, BREAK, type GraphQLResolveInfo, type Kind, visit } from 'graphql';

/**
 * Creates a function that checks whether a node contains a field or directive with one of these names. The function visits each node only
 * once.
 */
export function createMentionIn(
  kind: Kind.DIRECTIVE | Kind.FIELD,
  names: ReadonlySet<string>,
): (node: ASTNode) => boolean {
  const known = new WeakMap<ASTNode, boolean>();
  return (node) => {
    let found = known.get(node);
    if (found !== undefined) return found;
    found = false;
    visit(node, {
      enter(inner) {
        found = inner.kind === kind && names.has(inner.name.value);
        return found ? BREAK : undefined;
      },
    });
    known.set(node, found);
    return found;
  };
}

/**
 * Creates a function that checks whether an operation, or any fragment of its document, contains a field or directive with one of these
 * names. The function takes the `info` of a resolver.
 */
export function createMention(
  ...what: Parameters<typeof createMentionIn>
): (info: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>) => boolean {
  const isMentionedIn = createMentionIn(...what);
  return ({ operation, fragments }) => [operation, ...Object.values(fragments)].some(isMentionedIn);
}
