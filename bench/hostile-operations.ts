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
import { createGatewaySchema } from '../src/graphql/schema.ts';

/** An operation as a client sends it. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly accept: string;
}

/** Returns the next random number, which is at least 0 and less than 1. */
export type Random = () => number;

/**
 * Creates a generator of random numbers with the algorithm mulberry32 by Tommy Ettinger. The same seed always gives the same sequence of
 * numbers. Node has no generator that accepts a seed.
 */
export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The allowance that is left while an operation is generated: how many more tokens, aliases and directives it may contain. */
interface Left {
  tokens: number;
  aliases: number;
  directives: number;
}

const schema = createGatewaySchema();

const GPU_TYPES = ['NVIDIA L4', 'NVIDIA GeForce RTX 4090', 'NVIDIA H100 80GB HBM3', 'NVIDIA A40'];
const DATA_CENTERS = ['EU-RO-1', 'US-TX-3', 'CA-MTL-1', 'EUR-IS-1'];
const PARTS = 'multipart/mixed, application/json';
const ACCEPTS = ['application/json', 'application/graphql-response+json', PARTS, 'text/event-stream'];

/**
 * Creates a function that returns a new valid operation at each call. Many of the operations are almost as large as the gateway's limits
 * allow.
 */
export function createHostileOperations(random: Random): () => Operation {
  const below = (most: number): number => Math.floor(random() * most);
  const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const happens = (probability: number): boolean => random() < probability;

  const textOf = (name: string): string => {
    if (happens(0.1)) return 'x'.repeat(below(5000));
    if (happens(0.1)) return `unknown ${below(1000)}`;
    if (/gpu|name/i.test(name)) return oneOf(GPU_TYPES);
    if (/country/i.test(name)) return oneOf(['RO', 'US', 'DE']);
    return oneOf([...DATA_CENTERS, ...GPU_TYPES, 'SOC_2_TYPE_2']);
  };

  function literalOf(type: GraphQLInputType, name: string): string {
    if (isNonNullType(type)) return literalOf(type.ofType, name);
    if (isListType(type)) {
      const length = happens(0.1) ? below(100) : 1 + below(3);
      return `[${Array.from({ length }, () => literalOf(type.ofType, name)).join(' ')}]`;
    }
    if (isEnumType(type)) return oneOf(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => field.name === 'includeUnavailable' || isNonNullType(field.type) || happens(0.08),
      );
      return `{${fields.map((field) => `${field.name}: ${literalOf(field.type, field.name)}`).join(' ')}}`;
    }
    if (type.name === 'Boolean') return happens(0.9) ? 'true' : 'false';
    if (type.name === 'Int') return String(name === 'gpuCount' ? oneOf([1, 1, 1, 2, 8]) : 1 + below(2000));
    if (type.name === 'Float') return String(random() * 10);
    return JSON.stringify(textOf(name));
  }

  function argumentsOf(all: readonly GraphQLArgument[]): string {
    const some = all.filter(({ name, type }) => isNonNullType(type) || happens(name === 'filter' ? 0.8 : 0.15));
    const list = some.flatMap(({ name, type, defaultValue }) =>
      defaultValue !== undefined && happens(0.7) ? [] : [`${name}: ${literalOf(type, name)}`],
    );
    return list.length === 0 ? '' : `(${list.join(' ')})`;
  }

  function directive(left: Left, ...names: readonly string[]): string {
    if (left.directives === 0 || !happens(0.05)) return '';
    left.directives -= 1;
    left.tokens -= 8;
    const name = oneOf(names);
    const value = name === 'skip' ? 'false' : 'true';
    return ` @${name}(if: ${value})`;
  }

  /** Returns a random selection set with up to `most` fields of a type. The same field may occur several times. */
  function selection(type: GraphQLNamedType, depth: number, most: number, left: Left): string {
    if (isUnionType(type)) {
      const members = type.getTypes().map((one) => `... on ${one.name} ${selection(one, depth, most, left)}`);
      return `{ ${members.join(' ')} }`;
    }
    if (!isObjectType(type)) return '';
    const all = Object.values(type.getFields()).filter(
      (field) => field.name !== '_entities' && (depth > 1 || !hasSelection(getNamedType(field.type))),
    );
    const fields: string[] = [];
    while (fields.length < most && left.tokens > 10) {
      const field = happens(0.5) ? (all.find((one) => happens(0.3) && isRich(one.name)) ?? oneOf(all)) : oneOf(all);
      const named = getNamedType(field.type);
      const hasAlias = left.aliases > 0 && (field.args.length > 0 || happens(0.2));
      if (field.args.length > 0 && !hasAlias) break;
      left.tokens -= 2;
      if (hasAlias) {
        left.aliases -= 1;
        left.tokens -= 2;
      }
      const alias = hasAlias ? `${happens(0.1) ? 'y'.repeat(110) : 'a'}${left.aliases}: ` : '';
      const args = argumentsOf(field.args);
      left.tokens -= args.split(/[\s:()[\]{}]+/).length * 2;
      const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
      const marks = directive(left, 'skip', 'include', ...(isList ? ['stream', 'stream', 'stream'] : []));
      const inner = hasSelection(named) ? selection(named, depth - 1, 1 + below(depth > 6 ? 30 : 8), left) : '';
      const one = `${alias}${field.name}${args}${marks} ${inner}`;
      fields.push(
        happens(0.05) ? `... ${directive(left, 'defer', 'defer', 'include') || '@include(if: true)'} { ${one} }` : one,
      );
    }
    return fields.length === 0 ? '{ __typename }' : `{ ${fields.join(' ')} }`;
  }

  return () => {
    const left: Left = { tokens: 300 + below(1650), aliases: below(50), directives: 50 };
    const root = schema.getQueryType();
    if (root == null) throw new Error('the schema has no query type');
    const accept = oneOf(ACCEPTS);
    if (happens(0.2)) {
      const entity = schema.getType('_Entity') as GraphQLNamedType;
      const them = Array.from({ length: 1 + below(1000) }, () =>
        happens(0.5)
          ? { __typename: 'GpuType', id: oneOf(GPU_TYPES) }
          : { __typename: 'DataCenter', id: oneOf(DATA_CENTERS) },
      );
      const set = selection(entity, 2 + below(4), 1 + below(30), left);
      return {
        query: `query ($them: [_Any!]!) { _entities(representations: $them) ${set} }`,
        variables: { them },
        accept,
      };
    }
    return { query: selection(root, 3 + below(6), 1 + below(40), left), variables: {}, accept };
  };
}

const hasSelection = (type: GraphQLNamedType): boolean => isObjectType(type) || isUnionType(type);

/** Returns whether the value of a field with this name can be large. */
const isRich = (name: string): boolean =>
  /^(gpuAvailability|availability|nodes|dataCenters|gpuTypes|failures)$/.test(name);
