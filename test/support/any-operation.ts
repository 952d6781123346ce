import * as fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { createGatewaySchema } from '../../src/graphql/schema.ts';

const schema = createGatewaySchema();

const WORDS = [
  'gpuAvailability',
  'gpuTypes',
  '_entities',
  'nodes',
  'id',
  '__typename',
  '__proto__',
  'constructor',
  'x',
];
const SCALARS = [
  '1',
  '-1',
  '2147483648',
  '1e400',
  'null',
  'true',
  'EUROPE',
  '$v',
  '"NVIDIA L4"',
  '"EU-RO-1"',
  '"__proto__"',
  '""',
];

const anyScalar = fc.oneof(
  fc.constantFrom(...SCALARS),
  fc.string().map((text) => JSON.stringify(text)),
);

/** Generates values for an argument of the type `type`. Most of the values are of that type, but some are not. */
function anyValueOf(type: GraphQLInputType): fc.Arbitrary<string> {
  return fc.oneof({ weight: 8, arbitrary: rightValueOf(type) }, { weight: 1, arbitrary: anyScalar });
}

function rightValueOf(type: GraphQLInputType): fc.Arbitrary<string> {
  if (isNonNullType(type)) return anyValueOf(type.ofType);
  if (isListType(type))
    return fc.array(anyValueOf(type.ofType), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`);
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return fc.subarray(fields).chain((some) => argumentsOf(some).map((list) => `{ ${list} }`));
  }
  return scalarOf(type.name);
}

function scalarOf(name: string): fc.Arbitrary<string> {
  if (name === 'Int') return fc.oneof(fc.integer({ min: -1, max: 20 }), fc.integer()).map(String);
  if (name === 'Float') return fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
  if (name === 'Boolean') return fc.constantFrom('true', 'false');
  if (name === '_Any')
    return fc.constantFrom('{ __typename: "GpuType", id: "NVIDIA L4" }', '{ __typename: "x" }', '{}');
  return fc.constantFrom(
    '"NVIDIA L4"',
    '"rtx 4090"',
    '"rtx-409"',
    '"eu-ro-1"',
    '"SOC_2_TYPE_2"',
    '"EU-RO-1"',
    '"RO"',
    '"__proto__"',
    '"no such thing"',
    '""',
  );
}

function argumentsOf(all: readonly Pick<GraphQLArgument, 'name' | 'type'>[]): fc.Arbitrary<string> {
  return fc
    .tuple(...all.map(({ name, type }) => anyValueOf(type).map((value) => `${name}: ${value}`)))
    .map((list) => list.join(', '));
}

/** Generates selections of the fields of a type, at most `depth` levels deep. Each selected field gets some of its arguments. */
function selectionOf(type: GraphQLNamedType, depth: number): fc.Arbitrary<string> {
  if (isUnionType(type)) {
    return fc
      .constantFrom(...type.getTypes())
      .chain((member) => selectionOf(member, depth).map((set) => `{ ... on ${member.name} ${set} }`));
  }
  if (!isObjectType(type)) return fc.constant('');
  const fields = Object.values(type.getFields()).filter(
    (field) => depth > 0 || !hasSelection(getNamedType(field.type)),
  );
  if (fields.length === 0) return fc.constant('{ __typename }');
  return fc
    .subarray(fields, { minLength: 1, maxLength: Math.min(4, fields.length) })
    .chain((some) =>
      fc
        .tuple(
          ...some.map((field) =>
            fc
              .tuple(
                fc.subarray([...field.args]).chain(argumentsOf),
                selectionOf(getNamedType(field.type), depth - 1),
                fc.constantFrom('', '', '', ' @skip(if: false)', ' @include(if: true)'),
              )
              .map(([list, set, directive]) => `${field.name}${list && `(${list})`}${directive} ${set}`),
          ),
        )
        .map((all) => `{ ${all.join(' ')} }`),
    );
}

const hasSelection = (type: GraphQLNamedType) => isObjectType(type) || isUnionType(type);

/** Generates queries that are valid or nearly valid. */
const likely = fc.integer({ min: 1, max: 5 }).chain((depth) => {
  const query = schema.getQueryType();
  return query == null ? fc.constant('') : selectionOf(query, depth);
});

/** Generates selections that follow the grammar of GraphQL, but rarely match the schema. Their field names come from `WORDS`. */
const unlikely: fc.Arbitrary<string> = fc.letrec<{ field: string; set: string }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(...WORDS, '...F', '... { id }'),
    fc
      .tuple(fc.constantFrom('', 'a: ', 'constructor: '), fc.constantFrom(...WORDS), anyScalar, tie('set'))
      .map(([alias, name, value, set]) => `${alias}${name}(id: ${value}) ${set}`),
  ),
  set: fc.array(tie('field'), { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`),
})).set;

/** Generates operations that clients may send. Some are valid, some have mistakes, and some are nonsense. */
export const anyOperation: fc.Arbitrary<string> = fc
  .record({
    head: fc.oneof(
      { weight: 9, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('query ($v: Int!) ', 'mutation ', 'subscription ', 'query Q @x ') },
    ),
    body: fc.oneof({ weight: 4, arbitrary: likely }, { weight: 1, arbitrary: unlikely }),
    tail: fc.oneof(
      { weight: 9, arbitrary: fc.constant('') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(' fragment F on GpuType { id ...F }', ' {', ' }', '\u0000', ' query R { x }'),
      },
    ),
  })
  .map(({ head, body, tail }) => head + body + tail);
