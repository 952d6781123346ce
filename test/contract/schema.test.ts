import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGatewaySchema } from '../../src/graphql/schema.ts';

const schema = createGatewaySchema();

describe('the public schema', () => {
  it('breaks nothing that clients rely on', () => {
    const contract = buildSchema(readFileSync(new URL('gateway.graphql', import.meta.url), 'utf8'));
    expect(findBreakingChanges(contract, schema)).toEqual([]);
  });

  it('describes every type, field, argument and enum value', () => {
    const silent: string[] = [];
    const look = (name: string, described: { readonly description?: string | null | undefined }) => {
      if (!described.description) silent.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || type.name === 'Query') continue;
      look(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type) || isObjectType(type)) {
        for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
      }
      if (isObjectType(type)) {
        for (const field of Object.values(type.getFields())) {
          for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
        }
      }
    }
    expect(silent).toEqual([]);
  });
});
