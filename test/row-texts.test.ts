import { buildSchema, type GraphQLObjectType, Kind, parse, type SelectionSetNode } from 'graphql';
import { expect, it } from 'vitest';
import type { Row } from '../src/domain/row.ts';
import { createRowTexts } from '../src/graphql/row-texts.ts';

const SELECTION = '{ name }';
/** All texts together are longer than what is kept of short lists. */
const ROWS = 30_000;
const NAME = 'a'.repeat(400);

it('shows each row once, however many rows a list has', () => {
  let shown = 0;
  const name = () => {
    shown += 1;
    return NAME;
  };
  const rows = Array.from({ length: ROWS }, () => ({ name }) as unknown as Row);
  const [operation] = parse(SELECTION).definitions;
  const selectionSet = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  const rowType = buildSchema('type Row { name: String }').getType('Row') as GraphQLObjectType;
  const print = createRowTexts(rowType).printerOf(selectionSet as SelectionSetNode, []);

  const first = print(rows);
  expect([first?.length, first?.at(-1), shown]).toEqual([ROWS, `{"name":"${NAME}"}`, ROWS]);
  expect(print(rows)).toEqual(first);
  expect(shown).toBe(ROWS);
});
