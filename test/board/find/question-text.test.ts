import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { graphiQLAddress, QUERY, questionAsCurl } from '../../../src/board/find/question-text.ts';

const QUESTION = { needs: { gpuTypeIds: ["NVIDIA's L4"] }, prefer: 'CHEAPEST', first: 10 } as const;

describe('the question as text', () => {
  it('is valid for the schema', () => {
    const files = readdirSync('schema').filter((name) => name.endsWith('.graphql'));
    const sdl = files.map((name) => readFileSync(`schema/${name}`, 'utf8')).join('\n');
    const schema = buildSchema(sdl, { assumeValidSDL: true });
    expect(validate(schema, parse(QUERY))).toEqual([]);
  });

  it('is in the address of GraphiQL, with its variables', () => {
    const { pathname, searchParams } = new URL(graphiQLAddress(QUESTION), 'http://gateway');
    expect(pathname).toBe('/graphql');
    expect(searchParams.get('query')).toBe(QUERY);
    expect(JSON.parse(searchParams.get('variables') ?? '')).toEqual(QUESTION);
  });

  it('is a command, which names the client key only if the gateway requires one', () => {
    expect(questionAsCurl(QUESTION, 'http://gateway', false)).not.toContain('Authorization');
    expect(questionAsCurl(QUESTION, 'http://gateway', true)).toContain('Bearer $GATEWAY_API_KEY');
  });
});
