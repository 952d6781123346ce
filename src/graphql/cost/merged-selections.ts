import { type FieldNode, type GraphQLNamedType, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import { appliesTo, fragmentOf } from '../operation/fragments.ts';
import { isIncluded } from '../operation/inclusion.ts';
import type { RunningDocument } from '../operation/running-document.ts';
import type { VariableValues } from '../operation/variables.ts';
import { bytesOf } from './longest-values.ts';

/** A document whose selections are measured. */
export interface MeasuredDocument extends Omit<RunningDocument, 'variables'> {
  /** `null` takes every field and fragment to be included. */
  readonly variables: VariableValues | null;
}

/** A fragment that is delivered as a part of its own. */
interface DeferredPart {
  readonly selectionSet: SelectionSetNode;
  /** Bytes of its label. */
  readonly label: number;
}

/** The fields of an object by key, as they are merged, and the fragments that are deferred. */
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

/** Bytes of the label of `@defer` or `@stream`; `null` without the directive. */
export function labelBytes({ directives = [] }: SelectionNode, name: string): number | null {
  const directive = directives.find((one) => one.name.value === name);
  if (directive === undefined) return null;
  const label = directive.arguments?.find((argument) => argument.name.value === 'label')?.value;
  return label?.kind === Kind.STRING ? bytesOf(label.value) : 0;
}
