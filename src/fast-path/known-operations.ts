import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readOperation, type SentOperation, type TextOf } from '../graphql/sent-operation.ts';
import { createBudget, type OperationLimits } from '../loaders/budget.ts';
import { createMemory, type PeekableCatalog } from '../loaders/memory.ts';
import { createValidity, type Holding } from '../loaders/validity.ts';
import { createPrepareOperation, type PreparedOperation } from './prepared-operation.ts';

/** The response to an operation, without errors. */
export interface Executed {
  /** JSON. */
  readonly text: string;
  /** How long the response is valid; `null` if it must not be stored. */
  readonly holding: Holding | null;
}

/** Executes operations that Yoga has executed before, over what is in memory, at a fraction of Yoga's cost. */
export interface KnownOperations {
  /** Adds an operation that Yoga has executed without errors: it is valid and within all limits. */
  add(operation: OperationName): void;
  /**
   * Executes the operation in a JSON body. `null` if it is not known, if not all of its data is in memory and fresh, if it has an error,
   * or if the response could take more than `maxBytes`.
   */
  execute(body: string, maxBytes: number): Executed | null;
}

type OperationName = Pick<SentOperation, 'query' | 'operationName'>;

interface KnownOperation {
  /** `undefined` before the second request for the operation, `null` if only Yoga can execute it. */
  prepared: PreparedOperation | null | undefined;
}

/** What executing known operations needs. */
export interface KnownOperationsOptions {
  /** The public schema. */
  readonly schema: GraphQLSchema;
  readonly textOf: TextOf;
  readonly catalog: PeekableCatalog;
  readonly limits: OperationLimits;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Returns when the first of the two lists stops being fresh, in monotonic milliseconds of this process. */
  readonly listsFreshUntil: () => number;
}

/** The most operations that are remembered, and characters of their texts. A parsed text takes up to 120 times as much memory. */
const MAX_OPERATIONS = 500;
const MAX_LENGTH = 500_000;

/**
 * Yoga executes larger operations, because it spreads their work over turns of the event loop. The whole matrix with every field fits, and
 * so do two questions about the whole matrix with some fields.
 */
const MOST_AT_ONCE = { maxRows: 5000, maxBytes: 2_000_000 };

/**
 * Creates an empty set of known operations. Their responses are the same as Yoga's, byte for byte. Whatever fails here is left to Yoga,
 * which words the error and logs faults.
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

  function run(body: string, maxBytes: number): Executed | null {
    const sent = readOperation(body, textOf);
    const prepared = sent === null ? null : find(sent);
    if (sent === null || prepared === null) return null;
    const validity = createValidity(listsFreshUntil);
    const memory = createMemory(catalog, validity);
    // Apart from its reports, a response has hardly more characters than the operation.
    const budget = createBudget({ ...limits, maxBytes: Math.min(maxBytes, limits.maxBytes) - sent.query.length });
    const text = prepared(sent.variables ?? {}, { memory, budget, validity, freshMs });
    return text === null ? null : { text, holding: validity.sum() };
  }

  return {
    add(operation) {
      const key = toKey(operation);
      if (!operations.has(key)) operations.set(key, { prepared: undefined });
    },
    execute(body, maxBytes) {
      try {
        return run(body, maxBytes);
      } catch {
        // An error would end the process here. Yoga executes the operation again and reports the error.
        return null;
      }
    },
  };
}

/** No two operations have the same key: an operation name may be any text that the client likes. */
const toKey = ({ query, operationName }: OperationName): string =>
  operationName === undefined ? `\n${query}` : `${JSON.stringify(operationName)}\n${query}`;
