import { type ASTNode, BREAK, type GraphQLResolveInfo, type Kind, type OperationDefinitionNode, visit } from 'graphql';

/** Whether an operation, or a fragment that comes with it, has a field or a directive of one of the names. Looked for once. */
export function createMention(
  kind: Kind.DIRECTIVE | Kind.FIELD,
  names: ReadonlySet<string>,
): (info: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>) => boolean {
  const known = new WeakMap<OperationDefinitionNode, boolean>();

  function isMentionedIn(node: ASTNode): boolean {
    let found = false;
    visit(node, {
      enter(inner) {
        found = inner.kind === kind && names.has(inner.name.value);
        return found ? BREAK : undefined;
      },
    });
    return found;
  }

  return ({ operation, fragments }) => {
    const mentions = known.get(operation) ?? [operation, ...Object.values(fragments)].some(isMentionedIn);
    known.set(operation, mentions);
    return mentions;
  };
}
