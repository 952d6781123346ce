import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Row } from '../domain/row.ts';

/** Shows rows as one selection wants them: each as JSON, or `null` when one of them cannot be shown without an error. */
export type PrintRows = (rows: readonly Row[]) => readonly string[] | null;

/** Shows rows, each once for each selection. */
export interface RowTexts {
  /** The selection must need nothing but the row: no variable, and no field that asks. */
  printerOf(selectionSet: SelectionSetNode, fragments: readonly FragmentDefinitionNode[]): PrintRows;
}

/**
 * What all texts that are remembered may take together, in characters: so many, or so many for each row of the longest list if
 * that is more. Every field of a row takes some 560, so there is room for a list of everything, once. And what remembering one
 * takes besides.
 */
const MAX_LENGTH = 10_000_000;
const MAX_LENGTH_OF_ROW = 1000;
const OVERHEAD_LENGTH = 100;

const ROWS = 'rows';

/** To run a selection costs about as much as to show a row by it, and what is shown takes memory until it is text. */
const ROWS_AT_ONCE = 1000;

/**
 * Runs a selection once for each row, whoever asks, and remembers what came of it for as long as the row is in use. `rowType` is
 * what rows are in the schema.
 */
export function createRowTexts(rowType: GraphQLObjectType): RowTexts {
  const query = new GraphQLObjectType({ name: 'Query', fields: { [ROWS]: { type: new GraphQLList(rowType) } } });
  const schema = new GraphQLSchema({ query });
  let textsBySelection = new WeakMap<DocumentNode, WeakMap<Row, string>>();
  let length = 0;
  let maxLength = MAX_LENGTH;

  function remember(document: DocumentNode, row: Row, text: string): void {
    const added = text.length + OVERHEAD_LENGTH;
    length += added;
    if (length > maxLength) {
      // Begun anew: what is still wanted is soon there again.
      textsBySelection = new WeakMap();
      length = added;
    }
    const texts = textsBySelection.get(document) ?? new WeakMap<Row, string>();
    textsBySelection.set(document, texts.set(row, text));
  }

  function show(document: DocumentNode, rows: readonly Row[]): string[] | null {
    const texts: string[] = [];
    for (let begin = 0; begin < rows.length; begin += ROWS_AT_ONCE) {
      const some = rows.slice(begin, begin + ROWS_AT_ONCE);
      const result = execute({ schema, document, rootValue: { [ROWS]: some } });
      if (!('data' in result) || result.errors !== undefined) return null;
      const shown = result.data?.[ROWS] as readonly unknown[];
      some.forEach((row, index) => {
        const text = JSON.stringify(shown[index]);
        texts.push(text);
        remember(document, row, text);
      });
    }
    return texts;
  }

  return {
    printerOf(selectionSet, fragments) {
      const field = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: ROWS }, selectionSet };
      const operation = {
        kind: Kind.OPERATION_DEFINITION,
        operation: 'query',
        selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
      } as const;
      const document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as DocumentNode;
      return (rows) => {
        maxLength = Math.max(maxLength, rows.length * MAX_LENGTH_OF_ROW);
        const texts = textsBySelection.get(document);
        const known = rows.map((row) => texts?.get(row));
        const unknown = rows.filter((_row, index) => known[index] === undefined);
        const shown = show(document, unknown)?.values();
        // As many as are not known.
        return shown === undefined ? null : known.map((text) => text ?? (shown.next().value as string));
      };
    },
  };
}
