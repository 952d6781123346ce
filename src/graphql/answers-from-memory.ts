import {
  buildSchema,
  execute,
  type GraphQLField,
  type GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Report } from '../domain/report.ts';
import { type Budget, createBudget, type OperationLimits } from '../loaders/budget.ts';
import type { Memory } from '../loaders/memory.ts';
import { createValidity, type Holding, type Validity } from '../loaders/validity.ts';
import { answerFromMemory } from './answer-availability.ts';
import { type PreparedOperation, prepareOperation } from './prepared-operation.ts';
import type { AvailabilityArguments } from './question.ts';
import { createRowTexts } from './row-texts.ts';
import { printPublicSchema } from './schema.ts';
import { readOperation, type SentOperation } from './sent-operation.ts';

/** A whole answer, without errors. */
export interface MadeAnswer {
  /** JSON. */
  readonly text: string;
  /** How long it holds; `null` when it should not be kept. */
  readonly holding: Holding | null;
}

/** Answers operations whose answers are at hand, at a fraction of what it costs otherwise. */
export interface AnswersFromMemory {
  /** To be told of an operation that was answered without errors, and so is valid and within all limits. */
  answered(operation: Pick<SentOperation, 'query' | 'operationName'>): void;
  /**
   * The answer to the operation in a body of JSON. `null` when it is not known to be valid, not all of it is at hand, or it
   * cannot be answered without an error.
   */
  answer(body: string): MadeAnswer | null;
}

/** What they need. */
export interface AnswersFromMemoryOptions {
  readonly memory: Memory;
  readonly limits: OperationLimits;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Until when both lists are fresh, in milliseconds since 1970. */
  readonly listsFreshUntil: () => number;
}

/** What one operation is answered with. */
interface Run {
  readonly memory: Memory;
  readonly budget: Budget;
  readonly validity: Validity;
  readonly freshMs: number;
  readonly operation: PreparedOperation;
}

/** Operations that are known to be valid, and how long their texts may be together. */
const MAX_OPERATIONS = 500;
const MAX_LENGTH = 2_000_000;

/**
 * The same operation has the same answer here as where it was answered first, byte for byte. Rows are shown once for all who
 * select the same of them; the rest is run by graphql-js, as there.
 */
export function createAnswersFromMemory({
  memory,
  limits,
  freshMs,
  listsFreshUntil,
}: AnswersFromMemoryOptions): AnswersFromMemory {
  const schema = createMemorySchema();
  const rowTexts = createRowTexts(schema.getType('GpuAvailability') as GraphQLObjectType);
  /** By `toKey`; `undefined` until it is asked again and made ready, `null` when it cannot be. */
  const operations = new LRUCache<string, { prepared: PreparedOperation | null | undefined }>({
    max: MAX_OPERATIONS,
    maxSize: MAX_LENGTH,
    sizeCalculation: (_operation, key) => key.length,
  });

  function find(sent: SentOperation): PreparedOperation | null {
    const known = operations.get(toKey(sent));
    if (known === undefined) return null;
    if (known.prepared === undefined) known.prepared = prepareOperation(sent.query, sent.operationName, rowTexts);
    return known.prepared;
  }

  return {
    answered(sent) {
      const key = toKey(sent);
      if (!operations.has(key)) operations.set(key, { prepared: undefined });
    },
    answer(body) {
      const sent = readOperation(body);
      const operation = sent === null ? null : find(sent);
      if (sent === null || operation === null) return null;
      const validity = createValidity(listsFreshUntil);
      const run: Run = { memory, budget: createBudget(limits), validity, freshMs, operation };
      const result = execute({
        schema,
        document: operation.document,
        operationName: sent.operationName,
        variableValues: sent.variables,
        contextValue: run,
      });
      if (!('data' in result) || result.errors !== undefined || result.data == null) return null;
      const pieces = ['{"data":'];
      print(result.data, pieces);
      pieces.push('}');
      return { text: pieces.join(''), holding: validity.sum() };
    },
  };
}

/** No other operation has the same: a name is what clients make it, and may hold any text. */
const toKey = ({ query, operationName }: Pick<SentOperation, 'query' | 'operationName'>) =>
  operationName === undefined ? `\n${query}` : `${JSON.stringify(operationName)}\n${query}`;

/** Rows as JSON, one by one. */
class Texts {
  readonly all: readonly string[];

  constructor(all: readonly string[]) {
    this.all = all;
  }
}

/** Adds the JSON of a value to pieces, which are to be joined once: a long text that is put into another is copied. */
function print(value: unknown, pieces: string[]): void {
  let comma = '';
  if (value instanceof Texts) {
    pieces.push('[');
    for (const text of value.all) {
      pieces.push(comma, text);
      comma = ',';
    }
    pieces.push(']');
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    pieces.push('{');
    for (const [name, field] of Object.entries(value)) {
      pieces.push(comma, JSON.stringify(name), ':');
      print(field, pieces);
      comma = ',';
    }
    pieces.push('}');
    // Lists other than of rows have no rows in them.
  } else pieces.push(JSON.stringify(value));
}

/** The public schema, but that its one field answers from memory, and that rows are texts. */
function createMemorySchema(): GraphQLSchema {
  const schema = buildSchema(printPublicSchema());
  const availability = fieldOf(schema, 'Query', 'gpuAvailability');
  availability.resolve = (_root, args: AvailabilityArguments, run: Run) => {
    const report = answerFromMemory(run, args);
    if (report === null) throw new Error('not at hand');
    return report;
  };
  const rows = fieldOf(schema, 'GpuAvailabilityReport', 'nodes');
  rows.type = new GraphQLScalarType({ name: 'Rows' });
  rows.resolve = ({ nodes }: Report, _args: object, { operation }: Run, { fieldNodes }) => {
    const [field, ...others] = fieldNodes;
    const texts = field === undefined || others.length > 0 ? null : operation.printerOf(field)(nodes);
    if (texts === null) throw new Error('cannot be shown');
    return new Texts(texts);
  };
  return schema;
}

const fieldOf = (schema: GraphQLSchema, type: string, name: string) =>
  (schema.getType(type) as GraphQLObjectType).getFields()[name] as GraphQLField<Report, Run>;
