import { type ASTNode, BREAK, type GraphQLResolveInfo, type Kind, visit } from 'graphql';

/** Whether there is a field or a directive of one of the names somewhere in a node. Looked for once in each. */
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

/** Whether an operation, or a fragment that comes with it, has one. */
export function createMention(
  ...what: Parameters<typeof createMentionIn>
): (info: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>) => boolean {
  const isMentionedIn = createMentionIn(...what);
  return ({ operation, fragments }) => [operation, ...Object.values(fragments)].some(isMentionedIn);
}
