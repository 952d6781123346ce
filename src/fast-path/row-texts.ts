import {
  type DocumentNode,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
} from 'graphql';
import type { Row } from '../domain/row.ts';

/**
 * The maximum length of all remembered texts together, in characters. It is the larger one of two values: `MAX_LENGTH`, and
 * `MAX_LENGTH_OF_ROW` times the number of rows in the longest list. The text of a row with every field has about 560 characters.
 */
const MAX_LENGTH = 10_000_000;
const MAX_LENGTH_OF_ROW = 1000;

/** The memory that a remembered text takes besides its characters, as a number of characters. */
const OVERHEAD_LENGTH = 100;

/**
 * Creates the JSON of rows. Executes the selection of a field once for each row, and remembers the JSON while the row is in use. The
 * selection must depend on nothing but the row.
 */
export class RowTexts {
  readonly #schema: GraphQLSchema;
  readonly #documents = new WeakMap<FieldNode, DocumentNode>();
  #texts = new WeakMap<FieldNode, WeakMap<Row, string>>();
  #length = 0;
  #maxLength = MAX_LENGTH;

  /** `rowType` is the type of rows in `schema`. */
  constructor(schema: GraphQLSchema, rowType: GraphQLObjectType) {
    // The schema contains all types, because a fragment may name a type that no field of a row has.
    this.#schema = new GraphQLSchema({ query: rowType, types: Object.values(schema.getTypeMap()) });
  }

  /** Returns each row as JSON, with the selection of `field`. Throws if a field of a row has an error. */
  print(field: FieldNode, fragments: readonly FragmentDefinitionNode[], rows: readonly Row[]): readonly string[] {
    this.#maxLength = Math.max(this.#maxLength, rows.length * MAX_LENGTH_OF_ROW);
    const known = this.#texts.get(field);
    return rows.map((row) => known?.get(row) ?? this.#execute(field, fragments, row));
  }

  #execute(field: FieldNode, fragments: readonly FragmentDefinitionNode[], row: Row): string {
    const document = this.#documents.get(field) ?? toDocument(field, fragments);
    this.#documents.set(field, document);
    const result = execute({ schema: this.#schema, document, rootValue: row });
    if (!('data' in result) || result.errors !== undefined) throw new Error('the row has a field with an error');
    const text = JSON.stringify(result.data);
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

/** Creates an operation whose root is a row, with the selection of `field`. */
function toDocument({ selectionSet }: FieldNode, fragments: readonly FragmentDefinitionNode[]): DocumentNode {
  if (selectionSet === undefined) throw new Error('a field of rows has a selection');
  const operation = { kind: Kind.OPERATION_DEFINITION, operation: OperationTypeNode.QUERY, selectionSet } as const;
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
}
