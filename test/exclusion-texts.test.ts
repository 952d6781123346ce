import { buildSchema, type FieldNode, type GraphQLObjectType, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { Exclusion } from '../src/domain/placement/exclusions.ts';
import { ExclusionTexts } from '../src/fast-path/exclusion-texts.ts';
import { createPrintSelection } from '../src/fast-path/print-selection.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const SCHEMA = buildSchema(`
  type Query { excluded: [Exclusion] }
  type Exclusion { gpuType: Subject dataCenter: Subject gpuCount: Int reason: String message: String }
  type Subject { id: ID }
`);

/** Returns the node of the only field in an operation. */
const fieldOf = (operation: string) => getOperationAST(parse(operation))?.selectionSet.selections[0] as FieldNode;

/** Creates the texts of exclusions, and counts how many were printed. */
function createTexts() {
  let printed = 0;
  const print = createPrintSelection(SCHEMA, SCHEMA.getType('Exclusion') as GraphQLObjectType);
  const texts = new ExclusionTexts((...args) => {
    printed += 1;
    return print(...args);
  });
  return { print: (field: FieldNode, one: Exclusion) => texts.print(field, [], [one])[0], printed: () => printed };
}

const EXCLUSION: Exclusion = {
  gpuType: gpuTypeOf({ id: 'L4' }),
  dataCenter: dataCenterOf('A'),
  gpuCount: 1,
  reason: 'OUT_OF_STOCK',
  message: 'RunPod reports no stock.',
};
const ALL = fieldOf('{ excluded { gpuType { id } dataCenter { id } gpuCount reason message } }');

it('an exclusion with the same values is printed only once for each selection', () => {
  const { print, printed } = createTexts();
  const text = print(ALL, EXCLUSION);
  expect(JSON.parse(String(text))).toEqual({
    gpuType: { id: 'L4' },
    dataCenter: { id: 'A' },
    gpuCount: 1,
    reason: 'OUT_OF_STOCK',
    message: 'RunPod reports no stock.',
  });
  expect(print(ALL, { ...EXCLUSION })).toBe(text);
  expect(printed()).toBe(1);
  expect(print(fieldOf('{ excluded { reason } }'), EXCLUSION)).toBe('{"reason":"OUT_OF_STOCK"}');
});

it.each<[string, Partial<Exclusion>]>([
  ['GPU type', { gpuType: gpuTypeOf({ id: 'H100' }) }],
  ['data center', { dataCenter: dataCenterOf('B') }],
  ['data center, which is missing', { dataCenter: null }],
  ['number of GPUs', { gpuCount: 2 }],
  ['number of GPUs, which is missing', { gpuCount: null }],
  ['reason', { reason: 'NO_PRICE' }],
  ['message', { message: 'It is sold out.' }],
])('an exclusion has its own text if it differs in its %s', (_what, other) => {
  const { print } = createTexts();
  print(ALL, EXCLUSION);
  const { gpuType, dataCenter, ...values } = { ...EXCLUSION, ...other };
  expect(JSON.parse(String(print(ALL, { ...EXCLUSION, ...other })))).toEqual({
    ...values,
    gpuType: { id: gpuType.id },
    dataCenter: dataCenter === null ? null : { id: dataCenter.id },
  });
});

it('the texts of exclusions take at most 5 MB, and the most recently used ones are kept', () => {
  const { print, printed } = createTexts();
  const long = (gpuCount: number) => ({ ...EXCLUSION, gpuCount, message: 'x'.repeat(1_000_000) });
  // Each message of 1 MB takes 2 MB of the 5 MB, because both the text and its cache key contain the message.
  for (const gpuCount of [1, 2, 1, 3]) print(ALL, long(gpuCount));
  expect(printed()).toBe(3);
  print(ALL, long(1));
  expect(printed()).toBe(3);
  print(ALL, long(2));
  expect(printed()).toBe(4);
});
