import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  type GraphQLSchema,
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
 * What all texts that are remembered may take together, in characters: so many, or for each row of the longest list if that is
 * more, so that whoever asks for all there is finds it again. And what remembering one takes besides.
 */
const MAX_LENGTH = 10_000_000;
const MAX_LENGTH_OF_ROW = 1000;
const OVERHEAD_LENGTH = 100;

/**
 * Runs a selection once for each row, whoever asks, and remembers what came of it for as long as the row is in use. `schema` is
 * one whose query is about a row.
 */
export function createRowTexts(schema: GraphQLSchema): RowTexts {
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

  function print(document: DocumentNode, row: Row): string | null {
    const result = execute({ schema, document, rootValue: row });
    if (!('data' in result) || result.errors !== undefined) return null;
    const text = JSON.stringify(result.data);
    remember(document, row, text);
    return text;
  }

  return {
    printerOf(selectionSet, fragments) {
      const operation = { kind: Kind.OPERATION_DEFINITION, operation: 'query', selectionSet } as const;
      const document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as DocumentNode;
      return (rows) => {
        maxLength = Math.max(maxLength, rows.length * MAX_LENGTH_OF_ROW);
        const texts = textsBySelection.get(document);
        const all: string[] = [];
        for (const row of rows) {
          const text = texts?.get(row) ?? print(document, row);
          if (text === null) return null;
          all.push(text);
        }
        return all;
      };
    },
  };
}
