import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type GraphQLSchema, Kind, parse, print, printType, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGatewaySchema } from '../../src/graphql/schema.ts';
import { createSubgraphSchema } from '../../src/graphql/subgraph.ts';
import { createGateway } from '../support/gateway.ts';

const FILES = readdirSync('schema').filter((file) => file.endsWith('.graphql'));

/** The text of each definition in the files schema/*.graphql. */
const definitionsOfFiles = FILES.flatMap((file) => parse(readFileSync(`schema/${file}`, 'utf8')).definitions).map(
  (definition) => print(definition),
);

/** A schema with two entity types, and a type that has no key and thus is no entity. */
const TYPES = parse(`
  type Query { x: Int }
  type GpuType @key(fields: "id") { id: ID! }
  type DataCenter @key(fields: "id") { id: ID! }
  type Upstream @tag(name: "x") { x: Int }
`);

async function entitiesOf(schema: GraphQLSchema, representations: readonly object[]) {
  const document = parse(`query ($representations: [_Any!]!) {
    _entities(representations: $representations) { __typename ... on GpuType { id } ... on DataCenter { id } } }`);
  return await execute({ schema, document, variableValues: { representations } });
}

describe('the SDL of the subgraph', () => {
  it('has every definition of schema/*.graphql with its directives, and no other definition', async () => {
    const { data } = await createGateway().ask('{ _service { sdl } }');
    const { definitions } = parse(data['_service'].sdl);
    expect(definitions.map((definition) => print(definition)).toSorted()).toEqual(definitionsOfFiles.toSorted());
    expect(definitions.some(({ kind }) => kind === Kind.DIRECTIVE_DEFINITION)).toBe(false);
  });
});

describe('the executable schema of the subgraph', () => {
  it('is valid', () => {
    expect(validateSchema(createGatewaySchema())).toEqual([]);
  });

  it('has Federation’s fields and types as @apollo/subgraph defines them', () => {
    const typeDefs = FILES.map((file) => parse(readFileSync(`schema/${file}`, 'utf8')));
    const signatures = (schema: GraphQLSchema) =>
      ['_Any', '_Service', '_Entity', 'Query'].map((name) => printType(typeOf(schema, name)));
    expect(signatures(createGatewaySchema())).toEqual(signatures(buildSubgraphSchema(typeDefs.map(toModule))));
  });

  it('has no directive of Federation, and no type that only such directives use', async () => {
    const { data } = await createGateway().ask('{ __schema { directives { name } types { name } } }');
    const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
    expect(namesOf(data['__schema'].directives).toSorted()).toEqual([
      'defer',
      'deprecated',
      'include',
      'oneOf',
      'skip',
      'specifiedBy',
      'stream',
    ]);
    const federation = namesOf(data['__schema'].types).filter((name) => /^_[^_]|^[a-z]+__/.test(name));
    expect(federation.toSorted()).toEqual(['_Any', '_Entity', '_Service']);
  });
});

describe('entities', () => {
  it('are all types with a key, in the order of the SDL', () => {
    expect(printType(typeOf(createSubgraphSchema(TYPES, {}), '_Entity'))).toBe('union _Entity = GpuType | DataCenter');
  });

  it('have the type of their reference, in the order of the references', async () => {
    const schema = createSubgraphSchema(TYPES, {
      GpuType: { __resolveReference: (reference) => reference },
      DataCenter: { __resolveReference: async ({ id }) => (id === 'none' ? null : { __typename: 'DataCenter', id }) },
    });
    const { data } = await entitiesOf(schema, [
      { __typename: 'DataCenter', id: 'a' },
      { __typename: 'GpuType', id: 'b' },
      { __typename: 'DataCenter', id: 'none' },
    ]);
    expect(data).toEqual({
      _entities: [{ __typename: 'DataCenter', id: 'a' }, { __typename: 'GpuType', id: 'b' }, null],
    });
  });

  it('fail separately from each other, even if their resolver throws synchronously', async () => {
    const schema = createSubgraphSchema(TYPES, {
      GpuType: {
        __resolveReference: () => {
          throw new Error('not this one');
        },
      },
      DataCenter: { __resolveReference: (reference) => reference },
    });
    const { data, errors } = await entitiesOf(schema, [
      { __typename: 'GpuType', id: 'b' },
      { __typename: 'DataCenter', id: 'a' },
    ]);
    expect(data).toEqual({ _entities: [null, { __typename: 'DataCenter', id: 'a' }] });
    expect(errors).toMatchObject([{ message: 'not this one', path: ['_entities', 0] }]);
  });

  it('fail if their type has no resolver', async () => {
    const { data, errors } = await entitiesOf(createSubgraphSchema(TYPES, {}), [{ __typename: 'GpuType', id: 'b' }]);
    expect(data).toEqual({ _entities: [null] });
    expect(errors).toMatchObject([{ message: 'Type GpuType has no __resolveReference.' }]);
  });
});

const toModule = (typeDefs: ReturnType<typeof parse>) => ({ typeDefs });

function typeOf(schema: GraphQLSchema, name: string) {
  const type = schema.getType(name);
  if (type === undefined) throw new Error(`There is no type ${name}.`);
  return type;
}
