import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { PrintRows, RowTexts } from './row-texts.ts';

/** An operation that can be answered from memory alone, made ready to be run again and again. */
export interface PreparedOperation {
  /** The operation without the selections on rows. */
  readonly document: DocumentNode;
  /** Shows rows as the field of the document wants them. */
  readonly printerOf: (rows: FieldNode) => PrintRows;
}

/** Fields that may ask, or are about the schema. */
const NOT_FROM_MEMORY = new Set(['availability', '__schema', '__type']);

/** Fields that the query may have. */
const ROOT_FIELDS = new Set(['gpuAvailability', '__typename']);

const ROWS = 'nodes';

/**
 * Makes a valid operation ready. `null` when it is of another kind: it asks for more than the availability of GPU types, its
 * rows depend on variables, or they are to be delivered in parts.
 */
export function prepareOperation(
  text: string,
  operationName: string | undefined,
  rowTexts: RowTexts,
): PreparedOperation | null {
  const document = parse(text, { noLocation: true });
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY || !isPlain(document)) return null;
  const isOfOurs = operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && ROOT_FIELDS.has(selection.name.value),
  );
  if (!isOfOurs) return null;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const printers = new WeakMap<FieldNode, PrintRows>();
  const withoutRows = visit(document, {
    [Kind.FIELD](field) {
      if (!isRows(field)) return undefined;
      const { selectionSet, ...leaf } = field;
      printers.set(leaf, rowTexts.printerOf(selectionSet, fragments as readonly FragmentDefinitionNode[]));
      return leaf;
    },
  });
  return { document: withoutRows, printerOf: (field) => printers.get(field) as PrintRows };
}

const isRows = (field: FieldNode): field is FieldNode & { readonly selectionSet: SelectionSetNode } =>
  field.name.value === ROWS && field.selectionSet !== undefined;

/** Whether rows are the same whatever the variables, over all of the document. Fragments are taken for rows. */
function isPlain(document: DocumentNode): boolean {
  let plain = true;
  /** How many selections on rows, and fragments, are around. */
  let depth = 0;
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FRAGMENT_DEFINITION || (node.kind === Kind.FIELD && isRows(node))) depth += 1;
      if (node.kind === Kind.VARIABLE && depth > 0) plain = false;
      if (node.kind === Kind.FIELD && NOT_FROM_MEMORY.has(node.name.value)) plain = false;
      if (node.kind === Kind.DIRECTIVE && (node.name.value === 'defer' || node.name.value === 'stream')) plain = false;
    },
    leave(node) {
      if (node.kind === Kind.FRAGMENT_DEFINITION || (node.kind === Kind.FIELD && isRows(node))) depth -= 1;
    },
  });
  return plain;
}
