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
 * How many characters all remembered texts may have together: `MAX_LENGTH`, or `MAX_LENGTH_OF_ROW` for each row of the longest list,
 * whichever is more. The text of a row with every field has about 560 characters.
 */
const MAX_LENGTH = 10_000_000;
const MAX_LENGTH_OF_ROW = 1000;

/** The memory that a remembered text takes besides its characters, measured in characters. */
const OVERHEAD_LENGTH = 100;

/**
 * Executes the selection of a field once for each row, and remembers the JSON while the row is in use. The selection must depend on
 * nothing but the row.
 */
export class RowTexts {
  readonly #schema: GraphQLSchema;
  readonly #documents = new WeakMap<FieldNode, DocumentNode>();
  #texts = new WeakMap<FieldNode, WeakMap<Row, string>>();
  #length = 0;
  #maxLength = MAX_LENGTH;

  /** `rowType` is the type of rows in `schema`. */
  constructor(schema: GraphQLSchema, rowType: GraphQLObjectType) {
    // The schema gets all types, because a fragment may name a type that no field of a row has.
    this.#schema = new GraphQLSchema({ query: rowType, types: Object.values(schema.getTypeMap()) });
  }

  /** Returns each row as JSON, with the selection of `field`. @throws when a field of a row has an error. */
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
      // All texts are dropped. The texts that are still needed are soon created again.
      this.#texts = new WeakMap();
      this.#length = added;
    }
    const texts = this.#texts.get(field) ?? new WeakMap<Row, string>();
    this.#texts.set(field, texts.set(row, text));
  }
}

/** Creates an operation that selects from a row what `field` selects. */
function toDocument({ selectionSet }: FieldNode, fragments: readonly FragmentDefinitionNode[]): DocumentNode {
  if (selectionSet === undefined) throw new Error('a field of rows has a selection');
  const operation = { kind: Kind.OPERATION_DEFINITION, operation: OperationTypeNode.QUERY, selectionSet } as const;
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
}
