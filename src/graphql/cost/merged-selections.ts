import { type FieldNode, type GraphQLNamedType, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import { appliesTo, fragmentOf } from '../operation/fragments.ts';
import { isIncluded } from '../operation/inclusion.ts';
import type { RunningDocument } from '../operation/running-document.ts';
import type { VariableValues } from '../operation/variables.ts';
import { bytesOf } from './longest-values.ts';

/** The document of an operation whose response size is estimated. */
export interface MeasuredDocument extends Omit<RunningDocument, 'variables'> {
  /** The values of the variables. `null` if they are not known; every field and fragment then counts as included. */
  readonly variables: VariableValues | null;
}

/** A deferred fragment, which is sent in a separate part of the response. */
interface DeferredPart {
  readonly selectionSet: SelectionSetNode;
  /** The size of the label of the fragment's `@defer`, in bytes. */
  readonly label: number;
}

/** Merges the selections on an object. Returns the nodes of each field, by its key in the response, and the deferred fragments. */
export function mergeSelections(
  { schema, fragments, variables }: MeasuredDocument,
  type: GraphQLNamedType,
  selectionSets: readonly SelectionSetNode[],
) {
  const fields = new Map<string, FieldNode[]>();
  const parts: DeferredPart[] = [];
  const visited = new Set<string>();

  function visit(selection: SelectionNode): void {
    if (variables !== null && !isIncluded(selection, variables)) return;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const nodes = fields.get(key);
      if (nodes === undefined) fields.set(key, [selection]);
      else nodes.push(selection);
      return;
    }
    const fragment = fragmentOf(selection, fragments);
    if (fragment === undefined || !appliesTo(fragment, type, schema)) return;
    const label = labelBytes(selection, 'defer');
    if (label !== null) {
      parts.push({ selectionSet: fragment.selectionSet, label });
      return;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (visited.has(selection.name.value)) return;
      visited.add(selection.name.value);
    }
    fragment.selectionSet.selections.forEach(visit);
  }

  for (const { selections } of selectionSets) selections.forEach(visit);
  return { fields, parts };
}

/** Returns the size of the label of `@defer` or `@stream`, in bytes; `null` if the selection does not have the directive. */
export function labelBytes({ directives = [] }: SelectionNode, name: string): number | null {
  const directive = directives.find((one) => one.name.value === name);
  if (directive === undefined) return null;
  const label = directive.arguments?.find((argument) => argument.name.value === 'label')?.value;
  return label?.kind === Kind.STRING ? bytesOf(label.value) : 0;
}
