import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { reportFromMemory } from '../graphql/availability/resolve-availability.ts';
import { readOperation, type SentOperation, type TextOf } from '../graphql/sent-operation.ts';
import { createBudget, type OperationLimits } from '../loaders/budget.ts';
import type { Memory } from '../loaders/memory.ts';
import { createValidity, type Holding } from '../loaders/validity.ts';
import { createPrepareOperation, type PreparedOperation } from './prepared-operation.ts';

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
   * cannot be answered without an error, or the answer could take more than `maxBytes`.
   */
  answer(body: string, maxBytes: number): MadeAnswer | null;
}

/** What they need. */
export interface AnswersFromMemoryOptions {
  /** The public one. */
  readonly schema: GraphQLSchema;
  readonly textOf: TextOf;
  readonly memory: Memory;
  readonly limits: OperationLimits;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Until when both lists are fresh, on the steady scale of this process. */
  readonly listsFreshUntil: () => number;
}

/** Operations that are known to be valid, and how long their texts may be together. What is made ready takes up to 120 times as much. */
const MAX_OPERATIONS = 500;
const MAX_LENGTH = 500_000;

/**
 * Larger operations are answered where their work is spread over turns of the event loop. The whole matrix with every field fits, and
 * so do two questions about the whole matrix with some fields.
 */
const MOST_AT_ONCE = { maxRows: 5000, maxBytes: 2_000_000 };

/**
 * The same operation has the same answer here as where it was answered first, byte for byte. Who is refused is told so there: what fails
 * here has failed in no other way.
 */
export function createAnswersFromMemory({
  schema,
  textOf,
  memory,
  limits,
  freshMs,
  listsFreshUntil,
}: AnswersFromMemoryOptions): AnswersFromMemory {
  const prepareOperation = createPrepareOperation(schema);
  const limitsAtOnce = {
    ...limits,
    maxRows: Math.min(limits.maxRows, MOST_AT_ONCE.maxRows),
    maxBytes: Math.min(limits.maxBytes, MOST_AT_ONCE.maxBytes),
  };
  /** By `toKey`; `undefined` until it is asked again and made ready, `null` when it cannot be. */
  const operations = new LRUCache<string, { prepared: PreparedOperation | null | undefined }>({
    max: MAX_OPERATIONS,
    maxSize: MAX_LENGTH,
    sizeCalculation: (_operation, key) => key.length,
  });

  /** What was found last: many send the same, and to compare costs less than to look up by a new text. */
  let last: (Pick<SentOperation, 'query' | 'operationName'> & { prepared: PreparedOperation | null }) | null = null;

  function find({ query, operationName }: SentOperation): PreparedOperation | null {
    if (query === last?.query && operationName === last.operationName) return last.prepared;
    const known = operations.get(toKey({ query, operationName }));
    if (known === undefined) return null;
    if (known.prepared === undefined) known.prepared = prepareOperation(query, operationName);
    last = { query, operationName, prepared: known.prepared };
    return known.prepared;
  }

  function run(operation: PreparedOperation, { variables = {} }: SentOperation, maxBytes: number): MadeAnswer | null {
    const validity = createValidity(listsFreshUntil);
    const limitsNow = maxBytes < limitsAtOnce.maxBytes ? { ...limitsAtOnce, maxBytes } : limitsAtOnce;
    const loaders = { memory, budget: createBudget(limitsNow), validity, freshMs };
    try {
      const text = operation(variables, (args, sizeOf) => reportFromMemory(loaders, args, sizeOf));
      return text === null ? null : { text, holding: validity.sum() };
    } catch {
      // It fails again where errors are worded, and faults logged.
      return null;
    }
  }

  return {
    answered(sent) {
      const key = toKey(sent);
      if (operations.has(key)) return;
      // It is in use, though it was found without being looked up.
      if (last !== null) operations.get(toKey(last));
      operations.set(key, { prepared: undefined });
    },
    answer(body, maxBytes) {
      const sent = readOperation(body, textOf);
      const operation = sent === null ? null : find(sent);
      return sent === null || operation === null ? null : run(operation, sent, maxBytes);
    },
  };
}

/** No other operation has the same: a name is what clients make it, and may hold any text. */
const toKey = ({ query, operationName }: Pick<SentOperation, 'query' | 'operationName'>) =>
  operationName === undefined ? `\n${query}` : `${JSON.stringify(operationName)}\n${query}`;
