import type { FieldNode, FragmentDefinitionNode } from 'graphql';
import type { Row } from '../domain/row.ts';
import type { PrintSelection } from './print-selection.ts';

/** The maximum total length of all cached texts, in characters. A list with more than 10,000 rows raises it (see `MAX_LENGTH_OF_ROW`). */
const MAX_LENGTH = 10_000_000;
/**
 * The cache has room for at least this number of characters for each row of a list. If `MAX_LENGTH` is too low for that, the maximum is
 * raised. The text of a row with every field has about 560 characters.
 */
const MAX_LENGTH_OF_ROW = 1000;

/** The memory that a cached text takes in addition to its characters, expressed as a number of characters. */
const OVERHEAD_LENGTH = 100;

/**
 * Creates the JSON of objects that are made from rows, and caches it for each row and selection. The JSON must depend only on the row and
 * the selection.
 */
export class RowTexts {
  readonly #print: PrintSelection;
  readonly #toObject: (row: Row) => unknown;
  #texts = new WeakMap<FieldNode, WeakMap<Row, string>>();
  #length = 0;
  #maxLength = MAX_LENGTH;

  /** `print` prints objects as JSON. `toObject` returns the object to print for a row. */
  constructor(print: PrintSelection, toObject: (row: Row) => unknown) {
    this.#print = print;
    this.#toObject = toObject;
  }

  /**
   * Converts each row to an object, and returns the objects as JSON, with the fields that are selected in `field`. Throws if one of these
   * fields has an error.
   */
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
      // Discards all texts. The texts that are still needed will soon be created again.
      this.#texts = new WeakMap();
      this.#length = added;
    }
    const texts = this.#texts.get(field) ?? new WeakMap<Row, string>();
    this.#texts.set(field, texts.set(row, text));
  }
}
