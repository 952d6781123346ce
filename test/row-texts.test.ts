import { buildSchema, type GraphQLObjectType, Kind, parse, type SelectionSetNode } from 'graphql';
import { expect, it } from 'vitest';
import type { Row } from '../src/domain/row.ts';
import { createRowTexts } from '../src/fast-path/row-texts.ts';

const SELECTION = '{ name }';
/** All texts together are longer than what is kept of short lists. */
const ROWS = 30_000;
const NAME = 'a'.repeat(400);

it('shows each row once, however many rows a list has', () => {
  let shown = 0;
  const rows = Array.from({ length: ROWS }, (_none, index) => {
    const name = () => {
      shown += 1;
      return `${NAME}${index}`;
    };
    return { name } as unknown as Row;
  });
  const [operation] = parse(SELECTION).definitions;
  const selectionSet = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  const rowType = buildSchema('type Row { name: String }').getType('Row') as GraphQLObjectType;
  const print = createRowTexts(rowType).printerOf(selectionSet as SelectionSetNode, []);

  // Some are known when all are asked for.
  print(rows.filter((_row, index) => index % 3 === 0));
  const texts = rows.map((_row, index) => `{"name":"${NAME}${index}"}`);
  expect(print(rows)).toEqual(texts);
  expect(print(rows)).toEqual(texts);
  expect(shown).toBe(ROWS);
});
