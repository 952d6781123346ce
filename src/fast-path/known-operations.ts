import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { toHash } from '../graphql/plugins/persisted-operations.ts';
import { readOperation, type SentOperation, type TextOf } from '../graphql/sent-operation.ts';
import type { RequestDetails } from '../http/request-details.ts';
import { createBudget, type OperationLimits } from '../loaders/budget.ts';
import { createMemory, type PeekableCatalog } from '../loaders/memory.ts';
import { createValidity, type Holding } from '../loaders/validity.ts';
import { createPrepareOperation, type PreparedOperation } from './prepared-operation.ts';

/** The response to an operation that was executed without errors. */
export interface Executed {
  /** The response as JSON. */
  readonly text: string;
  /** How long the response is valid; `null` if it must not be stored. */
  readonly holding: Holding | null;
  /** The details of the operation that are logged. */
  readonly details: RequestDetails;
}

/**
 * Executes known operations with data in memory, in only a fraction of the time that Yoga takes. An operation is known after Yoga has
 * executed it once without errors.
 */
export interface KnownOperations {
  /**
   * Adds an operation to the known operations after Yoga has executed it without errors. `details` are the details of the operation that
   * are logged.
   */
  add(operation: OperationName, details: RequestDetails): void;
  /**
   * Executes the operation in a JSON body. Returns `null` if the operation is not known, if some of its data is not fresh or not in memory,
   * if it causes an error, or if the response could have more than `maxBytes` bytes.
   */
  execute(body: string, maxBytes: number): Executed | null;
}

type OperationName = Pick<SentOperation, 'query' | 'operationName'>;

interface KnownOperation {
  /** The parsed operation. `undefined` until the operation is requested for the second time; `null` if only Yoga can execute it. */
  prepared: PreparedOperation | null | undefined;
  /**
   * The details that are logged if the client sends the text of the operation. If it sends a document id instead, these details and the
   * hash of the id are logged.
   */
  readonly details: RequestDetails;
}

/** Dependencies of `createKnownOperations`. */
export interface KnownOperationsOptions {
  /** The public schema. */
  readonly schema: GraphQLSchema;
  readonly textOf: TextOf;
  readonly catalog: PeekableCatalog;
  readonly limits: OperationLimits;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /**
   * Returns when the first of the two lists (GPU types and data centers) will stop being fresh, in monotonic milliseconds of this process.
   */
  readonly listsFreshUntil: () => number;
}

/** The maximum number of operations that are remembered. */
const MAX_OPERATIONS = 500;
/**
 * The maximum length of the texts of all remembered operations together, in characters. The limit is low, because a parsed operation takes
 * up to 120 times as much memory as its text.
 */
const MAX_LENGTH = 500_000;

/**
 * The limits for an operation that is executed without Yoga. Yoga executes larger operations, because it spreads their work over several
 * turns of the event loop. A query for all GPU types in all data centers with every field stays below these limits.
 */
const MOST_AT_ONCE = { maxRows: 5000, maxBytes: 2_000_000 };

/**
 * Creates a set of known operations, which is empty at first. Their responses are the same as Yoga's, byte for byte. If an execution fails
 * here, Yoga executes the operation again, and reports and logs the errors.
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

  function find({ query, operationName }: SentOperation): KnownOperation | undefined {
    const known = operations.get(toKey({ query, operationName }));
    if (known !== undefined && known.prepared === undefined) known.prepared = prepare(query, operationName);
    return known;
  }

  function run(body: string, maxBytes: number): Executed | null {
    const sent = readOperation(body, textOf);
    const known = sent === null ? undefined : find(sent);
    if (sent === null || known?.prepared == null) return null;
    const validity = createValidity(listsFreshUntil);
    const memory = createMemory(catalog, validity);
    // `maxBytes` limits the whole response, but the budget counts only certain fields. The rest of the response is about as long as the
    // text of the operation, so the length of this text is subtracted.
    const budget = createBudget({ ...limits, maxBytes: Math.min(maxBytes, limits.maxBytes) - sent.query.length });
    const text = known.prepared(sent.variables ?? {}, { memory, budget, validity, freshMs });
    return text === null ? null : { text, holding: validity.sum(), details: detailsOf(known, sent) };
  }

  return {
    add(operation, { operationName }) {
      const key = toKey(operation);
      if (!operations.has(key)) operations.set(key, { prepared: undefined, details: { operationName } });
    },
    execute(body, maxBytes) {
      try {
        return run(body, maxBytes);
      } catch {
        // The error must be caught, because otherwise it would end the process. It can be ignored, because Yoga executes the operation
        // again and reports the error.
        return null;
      }
    },
  };
}

const detailsOf = ({ details }: KnownOperation, { documentId }: SentOperation): RequestDetails =>
  documentId === undefined ? details : { ...details, operationHash: toHash(documentId) };

/**
 * Returns the key of an operation. The name is escaped, because a client may send any text as the name, and no two operations may have the
 * same key.
 */
const toKey = ({ query, operationName }: OperationName): string =>
  operationName === undefined ? `\n${query}` : `${JSON.stringify(operationName)}\n${query}`;
