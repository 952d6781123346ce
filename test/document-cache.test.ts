import { buildSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { useDocumentCache } from '../src/graphql/plugins/document-cache.ts';
import { createGateway } from './support/gateway.ts';
import { heapInUse } from './support/heap.ts';

const MEGABYTE = 1_000_000;

/** Creates a server with a document cache, and counters of how often the server parses and validates documents. */
function countWork() {
  const work = { parsed: 0, validated: 0 };
  const counting: Plugin = {
    onParse({ parseFn, setParseFn }) {
      setParseFn((...args: Parameters<typeof parseFn>) => {
        work.parsed += 1;
        return parseFn(...args);
      });
    },
    onValidate({ addValidationRule }) {
      addValidationRule(() => {
        work.validated += 1;
        return {};
      });
    },
  };
  const schema = buildSchema('type Query { word: String }');
  const yoga = createYoga({
    schema,
    plugins: [counting, useDocumentCache()],
    parserAndValidationCache: false,
    logging: false,
  });
  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify({ query }) };
    const response = await yoga.fetch('http://server.invalid/graphql', request);
    return response.json();
  };
  return { work, ask };
}

describe('a document', () => {
  it('that is valid is parsed and validated only once', async () => {
    const { work, ask } = countWork();
    for (let count = 0; count < 3; count += 1) expect(await ask('{ word }')).toEqual({ data: { word: null } });
    expect(work).toEqual({ parsed: 1, validated: 1 });
  });

  it.each([
    ['that is not valid', '{ words }', 2],
    ['that cannot be parsed', '{ word', 0],
  ])('%s has the same errors each time', async (_what, query, validated) => {
    const { work, ask } = countWork();
    const { errors } = await ask(query);
    expect(errors).toHaveLength(1);
    expect(await ask(query)).toEqual({ errors });
    expect(work).toEqual({ parsed: 2, validated });
  });

  it('of more than 20,000 characters is not cached', async () => {
    const { work, ask } = countWork();
    const query = `{ word ${' '.repeat(20_000)} }`;
    for (let count = 0; count < 2; count += 1) expect(await ask(query)).toEqual({ data: { word: null } });
    expect(work).toEqual({ parsed: 2, validated: 2 });
  });

  it('that is in use stays cached, however many other documents arrive', async () => {
    const { work, ask } = countWork();
    await ask('{ word }');
    for (let index = 0; index < 1000; index += 1) {
      await ask(`{ a${index}: word ${'word '.repeat(100)} }`);
      await ask('{ word }');
    }
    expect(work.parsed).toBe(1001);
  });
});

describe('the cached documents', () => {
  /** Returns a document with almost as many tokens as an operation may have. */
  const dense = (index: number) => {
    const countries = '"RO" '.repeat(200);
    const fields = Array.from(
      { length: 9 },
      (_, i) => `b${i}: gpuAvailability(filter: {countryCodes: [${countries}]}) {totalCount}`,
    );
    return `{ a${index}: upstream { source } ${fields.join(' ')} }`;
  };

  it.each([
    ['valid and dense', dense, undefined],
    ['long', (index: number) => `${dense(index)} ${' '.repeat(20_000)}`, undefined],
    ['not valid', (index: number) => `{ a${index}: upstream { ${'no '.repeat(1900)} } }`, 'GRAPHQL_VALIDATION_FAILED'],
  ])('take a limited amount of memory if they are %s', { timeout: 120_000 }, async (_what, text, code) => {
    const { ask } = createGateway();
    expect((await ask(text(0))).errors?.[0]?.extensions.code).toBe(code);
    const before = heapInUse();
    for (let index = 1; index <= 100; index += 1) await ask(text(index));
    expect((heapInUse() - before) / MEGABYTE).toBeLessThan(25);
  });
});
