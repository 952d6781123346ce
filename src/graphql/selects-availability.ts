import { type ASTNode, BREAK, type GraphQLResolveInfo, Kind, visit } from 'graphql';

/** Whether availability is asked for somewhere within a field. Fragments are taken for selected. */
export const selectsAvailability = ({ fieldNodes, fragments }: GraphQLResolveInfo): boolean =>
  [...fieldNodes, ...Object.values(fragments)].some(hasAvailability);

function hasAvailability(node: ASTNode): boolean {
  let found = false;
  visit(node, {
    [Kind.FIELD]({ name }) {
      found = name.value === 'availability';
      return found ? BREAK : undefined;
    },
  });
  return found;
}
