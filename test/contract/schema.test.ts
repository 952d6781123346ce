import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGatewaySchema } from '../../src/graphql/schema.ts';

const schema = createGatewaySchema();
const contract = buildSchema(
  ['gateway.graphql', 'placement.graphql']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n'),
);

describe('the public schema', () => {
  it('has no breaking change against the contract', () => {
    expect(findBreakingChanges(contract, schema)).toEqual([]);
  });

  // The test above does not detect changed defaults of input fields, stricter output types and looser input types. This test detects such
  // changes.
  it('has exactly the types and defaults of the contract', () => {
    expect(signatures(schema)).toMatchObject(signatures(contract));
  });

  it('describes every type, field, argument and enum value', () => {
    const silent = [...elements(schema)].filter(([, { description }]) => !description).map(([name]) => name);
    // Leaves out the names that Federation defines, because the gateway cannot add descriptions to them.
    expect(silent.filter((name) => !/^_|\._|^link__|^federation__/.test(name))).toEqual([]);
  });
});

interface Element {
  readonly description?: string | null | undefined;
  readonly signature: string;
}

/**
 * Returns the signatures of all elements of a schema, by schema coordinate. The signature of a type is its kind. The signature of any other
 * element is its type and default.
 */
function signatures(of: GraphQLSchema): Record<string, string> {
  return Object.fromEntries([...elements(of)].map(([name, { signature }]) => [name, signature]));
}

/** Yields types, fields, arguments, input fields and enum values with their schema coordinates, such as 'Query.gpuType(id:)'. */
function* elements(of: GraphQLSchema): Generator<[string, Element]> {
  for (const type of Object.values(of.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    const url = isScalarType(type) ? (type.specifiedByURL ?? '') : '';
    yield [type.name, { description: type.description, signature: type.constructor.name + url }];
    if (isEnumType(type)) {
      for (const { name, description } of type.getValues())
        yield [`${type.name}.${name}`, { description, signature: '' }];
    }
    if (!isObjectType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, typed(field)];
      if (!('args' in field)) continue;
      for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name}:)`, typed(argument)];
    }
  }
}

function typed(element: GraphQLField<unknown, unknown> | GraphQLArgument | GraphQLInputField): Element {
  const preset = 'defaultValue' in element && element.defaultValue !== undefined;
  const suffix = preset ? ` = ${JSON.stringify(element.defaultValue)}` : '';
  return { description: element.description, signature: `${String(element.type)}${suffix}` };
}
