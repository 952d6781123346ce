import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import {
  buildSchema,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  graphqlSync,
  isEnumType,
  isLeafType,
  isListType,
} from 'graphql';
import { GATEWAY } from '../../src/domain/client.ts';
import { parseAnswer } from '../../src/upstream/runpod-graphql/answer.ts';
import { createRunPodCatalog } from '../../src/upstream/runpod-graphql/catalog.ts';
import type { Operation } from '../../src/upstream/runpod-graphql/client.ts';

const SDL = buildSchema(readFileSync(new URL('../../schema/upstream.graphqls', import.meta.url), 'utf8'));

const ASKED = { askedAt: 0, observedAt: '2025-11-14T00:00:00.000Z' };

/** Creates a catalog that reads RunPod's GraphQL API. `bodyOf` returns the response body that the catalog gets for an operation. */
export const createCatalog = (bodyOf: (operation: Operation) => string) =>
  createRunPodCatalog({
    send: async ({ operation, read }) => read(parseAnswer(operation.operationName, bodyOf(operation)), ASKED).value,
    status: () => ({ source: 'RUNPOD_GRAPHQL', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    source: 'RUNPOD_GRAPHQL',
    onUnknownStock: () => {},
    onPricedWithoutStock: () => {},
  });

/**
 * Creates a catalog that reads RunPod's GraphQL API. The catalog gets its answers from a server with RunPod's SDL, whose root fields return
 * the lists in `root`.
 */
export const createCatalogOf = (root: { gpuTypes?: unknown; dataCenters?: unknown }) =>
  createCatalog(({ query, variables = {} }) => {
    const answer = graphqlSync({ schema: SDL, source: query, variableValues: variables, rootValue: root });
    if (answer.errors !== undefined) throw new Error('an answer that does not fit the SDL', { cause: answer.errors });
    return JSON.stringify(answer);
  });

/** A demand for an answer: the gateway itself needs the answer and waits for it. */
export const DEMAND = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };

/**
 * Generates lists of objects of the type `typeName` in RunPod's SDL. As in the SDL, any object and any of its fields may be null. Values
 * from `usual` occur often.
 */
export function rowsOf<Row extends object>(typeName: string, usual: Record<string, fc.Arbitrary<unknown>>) {
  const row = objectOf(typeName, usual);
  return fc.option(fc.array(fc.option(row), { maxLength: 8 })) as fc.Arbitrary<(Row | null)[] | null>;
}

/** Generates objects of the type `typeName` in RunPod's SDL. Values from `usual` occur often. */
export function objectOf(typeName: string, usual: Record<string, fc.Arbitrary<unknown>>) {
  const fields = Object.values((SDL.getType(typeName) as GraphQLObjectType).getFields());
  const leaves = fields.filter(({ type }) => isLeafType(getNamedType(type)));
  return fc.record(
    Object.fromEntries(
      leaves.map(({ name, type }) => {
        const any = anyOf(type);
        return [name, usual[name] === undefined ? any : fc.oneof(any, usual[name])];
      }),
    ),
  );
}

const LEAVES: Record<string, fc.Arbitrary<unknown>> = {
  String: fc.string({ unit: 'grapheme' }),
  Int: fc.integer(),
  Float: fc.double({ noNaN: true, noDefaultInfinity: true }),
  Boolean: fc.boolean(),
};

function anyOf(type: GraphQLOutputType): fc.Arbitrary<unknown> {
  if (isListType(type)) return fc.option(fc.array(anyOf(type.ofType), { maxLength: 5 }));
  if (isEnumType(type)) return fc.option(fc.constantFrom(...type.getValues().map(({ name }) => name)));
  return fc.option(LEAVES[String(type)] ?? fc.constant(null));
}
