import type { FieldNode, FragmentDefinitionNode } from 'graphql';
import type { Row } from '../domain/row.ts';
import type { PrintSelection } from './print-selection.ts';

/**
 * The maximum length of all remembered texts together, in characters. It is the larger one of two values: `MAX_LENGTH`, and
 * `MAX_LENGTH_OF_ROW` times the number of rows in the longest list. The text of a row with every field has about 560 characters.
 */
const MAX_LENGTH = 10_000_000;
const MAX_LENGTH_OF_ROW = 1000;

/** The memory that a remembered text takes besides its characters, as a number of characters. */
const OVERHEAD_LENGTH = 100;

/**
 * Creates the JSON of objects that are made from rows. Executes the selection of a field once for each row, and remembers the JSON while
 * the row is in use. The selection must depend on nothing but the row.
 */
export class RowTexts {
  readonly #print: PrintSelection;
  readonly #toObject: (row: Row) => unknown;
  #texts = new WeakMap<FieldNode, WeakMap<Row, string>>();
  #length = 0;
  #maxLength = MAX_LENGTH;

  /** `print` prints the objects, and `toObject` returns the object that is made from a row. */
  constructor(print: PrintSelection, toObject: (row: Row) => unknown) {
    this.#print = print;
    this.#toObject = toObject;
  }

  /** Returns the object of each row as JSON, with the selection of `field`. Throws if a field of an object has an error. */
  print(field: FieldNode, fragments: readonly FragmentDefinitionNode[], rows: readonly Row[]): readonly string[] {
    this.#maxLength = Math.max(this.#maxLength, rows.length * MAX_LENGTH_OF_ROW);
    const known = this.#texts.get(field);
    return rows.map((row) => known?.get(row) ?? this.#printNew(field, fragments, row));
  }

  #printNew(field: FieldNode, fragments: readonly FragmentDefinitionNode[], row: Row): string {
    const text = this.#print(field, fragments, this.#toObject(row));
    this.#remember(field, row, text);
    return text;
  }

  #remember(field: FieldNode, row: Row, text: string): void {
    const added = text.length + OVERHEAD_LENGTH;
    this.#length += added;
    if (this.#length > this.#maxLength) {
      // Forget all texts. Those that are still needed are soon created again.
      this.#texts = new WeakMap();
      this.#length = added;
    }
    const texts = this.#texts.get(field) ?? new WeakMap<Row, string>();
    this.#texts.set(field, texts.set(row, text));
  }
}
