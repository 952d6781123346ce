import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readOperation, type SentOperation, type TextOf } from '../graphql/sent-operation.ts';
import { createBudget, type OperationLimits } from '../loaders/budget.ts';
import { createMemory, type Peeked } from '../loaders/memory.ts';
import { createValidity, type Holding } from '../loaders/validity.ts';
import { createPrepareOperation, type PreparedOperation } from './prepared-operation.ts';

/** The response to an operation, without errors. */
export interface Executed {
  /** The response as JSON. */
  readonly text: string;
  /** How long the response is valid; `null` if it must not be stored. */
  readonly holding: Holding | null;
}

/** Executes operations that Yoga has executed before, with the data that is in memory, at a fraction of Yoga's cost. */
export interface KnownOperations {
  /** Adds an operation that Yoga has executed without errors: it is valid and within all limits. */
  add(operation: OperationName): void;
  /**
   * Executes the operation in a JSON body. Returns `null` in any of these cases: the operation is not known, not all of its data is in
   * memory and fresh, it has an error, or its response could take more than `maxBytes`.
   */
  execute(body: string, maxBytes: number): Executed | null;
}

type OperationName = Pick<SentOperation, 'query' | 'operationName'>;

interface KnownOperation {
  /** The operation in a form that can be executed; `undefined` before its second request, `null` if only Yoga can execute it. */
  prepared: PreparedOperation | null | undefined;
}

/** Dependencies of `createKnownOperations`. */
export interface KnownOperationsOptions {
  /** The public schema. */
  readonly schema: GraphQLSchema;
  readonly textOf: TextOf;
  readonly catalog: Peeked;
  readonly limits: OperationLimits;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /**
   * Returns when the list of GPU types or that of data centers stops being fresh, whichever is first, in monotonic milliseconds of this
   * process.
   */
  readonly listsFreshUntil: () => number;
}

/**
 * How many operations are remembered at most, and how many characters their texts may have together. A parsed operation takes up to 120
 * times as much memory as its text.
 */
const MAX_OPERATIONS = 500;
const MAX_LENGTH = 500_000;

/**
 * The limits for operations that are executed here. Larger operations are left to Yoga, which spreads their work over several turns of the
 * event loop. An operation for the whole matrix with every field is within the limits. So is one that selects the whole matrix twice, with
 * some of the fields.
 */
const MOST_AT_ONCE = { maxRows: 5000, maxBytes: 2_000_000 };

/**
 * Creates an empty set of known operations. The responses are the same as Yoga's, byte for byte. An operation that fails here is left to
 * Yoga, which creates the error message and logs faults.
 */
export function createKnownOperations(options: KnownOperationsOptions): KnownOperations {
  const { schema, textOf, catalog, freshMs, listsFreshUntil } = options;
  const limits = {
    ...options.limits,
    maxRows: Math.min(options.limits.maxRows, MOST_AT_ONCE.maxRows),
    maxBytes: Math.min(options.limits.maxBytes, MOST_AT_ONCE.maxBytes),
  };
  const prepare = createPrepareOperation(schema);
  const operations = new LRUCache<string, KnownOperation>({
    max: MAX_OPERATIONS,
    maxSize: MAX_LENGTH,
    sizeCalculation: (_operation, key) => key.length,
  });

  function find({ query, operationName }: SentOperation): PreparedOperation | null {
    const known = operations.get(toKey({ query, operationName }));
    if (known === undefined) return null;
    if (known.prepared === undefined) known.prepared = prepare(query, operationName);
    return known.prepared;
  }

  return {
    add(operation) {
      const key = toKey(operation);
      if (!operations.has(key)) operations.set(key, { prepared: undefined });
    },
    execute(body, maxBytes) {
      const sent = readOperation(body, textOf);
      const prepared = sent === null ? null : find(sent);
      if (sent === null || prepared === null) return null;
      const validity = createValidity(listsFreshUntil);
      const memory = createMemory(catalog, validity);
      // Apart from its reports, a response has hardly more characters than the operation.
      const budget = createBudget({ ...limits, maxBytes: Math.min(maxBytes, limits.maxBytes) - sent.query.length });
      const text = prepared(sent.variables ?? {}, { memory, budget, validity, freshMs });
      return text === null ? null : { text, holding: validity.sum() };
    },
  };
}

/** Creates the key of an operation. Different operations have different keys, even though a client may send any text as operation name. */
const toKey = ({ query, operationName }: OperationName): string =>
  operationName === undefined ? `\n${query}` : `${JSON.stringify(operationName)}\n${query}`;
