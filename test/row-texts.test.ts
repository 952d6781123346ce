import { buildSchema, type FieldNode, type GraphQLObjectType, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { Row } from '../src/domain/row.ts';
import { createPrintSelection } from '../src/fast-path/print-selection.ts';
import { RowTexts } from '../src/fast-path/row-texts.ts';

/** The number of rows in the list. Their texts together exceed the usual limit on cached texts, which is raised for such a long list. */
const ROWS = 30_000;
const NAME = 'a'.repeat(400);

it('a selection is executed once for each row, however many rows a list has', () => {
  let executed = 0;
  const rows = Array.from({ length: ROWS }, (_none, index) => {
    const name = () => {
      executed += 1;
      return `${NAME}${index}`;
    };
    return { name } as unknown as Row;
  });
  const schema = buildSchema('type Query { rows: [Row] } type Row { name: String }');
  const rowTexts = new RowTexts(createPrintSelection(schema, schema.getType('Row') as GraphQLObjectType), (row) => row);
  const [field] = getOperationAST(parse('{ rows { name } }'))?.selectionSet.selections ?? [];
  const print = (some: readonly Row[]) => rowTexts.print(field as FieldNode, [], some);

  // Prints every third row first, so that the texts of these rows are already remembered when all rows are printed.
  print(rows.filter((_row, index) => index % 3 === 0));
  const texts = rows.map((_row, index) => `{"name":"${NAME}${index}"}`);
  expect(print(rows)).toEqual(texts);
  expect(print(rows)).toEqual(texts);
  expect(executed).toBe(ROWS);
});
