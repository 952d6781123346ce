import { createHash } from 'node:crypto';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin, YogaInitialContext } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import boardOperations from '../../board/graphql/persisted-documents.json' with { type: 'json' };
import { listProjectFolder, readProjectFile } from '../../project-folder.ts';
import { badRequest } from '../mask-error.ts';
import type { TextOf } from '../sent-operation.ts';

/**
 * A folder with operations that clients can run without registering them. The id of an operation is the SHA-256 of its file. Clients can
 * also run the operations of the board (the gateway's web page) without registering them.
 */
const FOLDER = 'operations/clients/';

/** The maximum total length of all operations that clients register, in characters. */
const MAX_REGISTERED = 10_000_000;
/** The maximum length of an operation that a client registers, in characters. */
const MAX_OPERATION = 50_000;

/** Operations that clients can run by their SHA-256, without sending the text. */
export interface PersistedOperations {
  readonly plugins: readonly Plugin[];
  /** Returns the text of an operation by its hexadecimal SHA-256, with or without the prefix `sha256:`. */
  readonly textOf: TextOf;
}

/** The name of the request parameter for the id of a persisted operation. Yoga itself does not know this parameter. */
export const DOCUMENT_ID = 'documentId';

/** The parameters of a request, including the id of a persisted document (GraphQL over HTTP, appendix "Persisted Documents"). */
type Parameters = GraphQLParams & { readonly [DOCUMENT_ID]?: unknown };

/**
 * Creates the plugins for persisted operations. A client identifies an operation by its SHA-256: as `documentId`, or as the hash in
 * Apollo's protocol for persisted queries. To register an operation, a client sends its text and hash together once. With `persistedOnly`,
 * clients cannot register operations. Then they can run only the operations in operations/clients and those of the board (the gateway's web
 * page).
 */
export function createPersistedOperations({ persistedOnly }: { readonly persistedOnly: boolean }): PersistedOperations {
  const kept = readKept();
  const registered = new LRUCache<string, string>({
    maxSize: MAX_REGISTERED,
    maxEntrySize: MAX_OPERATION,
    sizeCalculation: (text) => text.length + 1,
  });

  function textOf(id: string): string | null {
    const hash = toHash(id);
    return kept.get(hash) ?? registered.get(hash) ?? null;
  }

  /**
   * Registers an operation if the request contains both its text and its hash, unless `persistedOnly` is set. Call this only when the
   * operation runs, so that only valid operations are registered.
   */
  function register({ params }: YogaInitialContext): void {
    const id = idIn(params);
    const isOffered = id !== null && typeof params.query === 'string' && sha256(params.query) === toHash(id);
    if (isOffered && !persistedOnly) registered.set(toHash(id), params.query);
  }

  const plugins = [
    {
      onParams({ params }) {
        const id = idIn(params);
        const hash = hashIn(params);
        if (id !== null && hash !== null && toHash(id) !== toHash(hash)) throw TWO_OPERATIONS;
        if (id === null || typeof params.query !== 'string' || params.query === '') return;
        if (sha256(params.query) !== toHash(id)) throw MISMATCH;
      },
      onExecute: ({ args }) => register(args.contextValue),
      onSubscribe: ({ args }) => register(args.contextValue),
    } satisfies Plugin,
    usePersistedOperations({
      allowArbitraryOperations: !persistedOnly,
      extractPersistedOperationId: idIn,
      getPersistedOperation: textOf,
      customErrors: {
        notFound: ({ params }) => (documentIdIn(params) === null ? NOT_FOUND : UNKNOWN_DOCUMENT),
        keyNotFound: ({ params }) => (params.query === '' ? EMPTY_OPERATION : NO_OPERATION),
        persistedQueryOnly: PERSISTED_ONLY,
      },
    }),
  ];
  return { plugins, textOf };
}

function readKept(): ReadonlyMap<string, string> {
  const texts = listProjectFolder(FOLDER).map((file) => readProjectFile(`${FOLDER}${file}`));
  const board = Object.entries(boardOperations).map(([id, text]) => [toHash(id), text] as const);
  return new Map([...texts.map((text) => [sha256(text), text] as const), ...board]);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const PREFIX = 'sha256:';

/**
 * Returns an id as a lowercase hash without the prefix `sha256:`. An id with another prefix keeps that prefix, so it matches no operation.
 */
export const toHash = (id: string): string => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id).toLowerCase();

/**
 * Returns the hash by which a client identifies an operation, in lower case; `null` if the request has none. Until the operation is parsed,
 * the hash is not verified and can be any text.
 */
export function operationHashIn(params: GraphQLParams): string | null {
  const id = idIn(params);
  return id === null ? null : toHash(id);
}

const idIn = (params: GraphQLParams): string | null => documentIdIn(params) ?? hashIn(params);

function documentIdIn({ documentId }: Parameters): string | null {
  return typeof documentId === 'string' ? documentId : null;
}

function hashIn({ extensions }: GraphQLParams): string | null {
  const { sha256Hash } = Object(Object(extensions).persistedQuery) as { readonly sha256Hash?: unknown };
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

/** The error that makes clients of Apollo's protocol send the text of an operation. These clients expect this message and HTTP 200. */
const NOT_FOUND = new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });

/**
 * The error for an unknown document id. GraphQL over HTTP requires status 200 for clients that accept only application/json, and 400 for
 * all others.
 */
const UNKNOWN_DOCUMENT = new GraphQLError('The gateway has no operation with this documentId.', {
  extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', http: { spec: true, status: 400 } },
});

const NO_OPERATION = badRequest('Send an operation as "query", or the id of a persisted one as "documentId".');
const EMPTY_OPERATION = badRequest('The operation in "query" is empty.');

const PERSISTED_ONLY = {
  message: 'This gateway runs only persisted operations. Send the id of one as "documentId", without a "query".',
  extensions: { code: 'PERSISTED_QUERY_ONLY' },
};

const mismatch = (message: string): GraphQLError =>
  new GraphQLError(message, {
    extensions: { code: 'PERSISTED_QUERY_HASH_MISMATCH', http: { spec: false, status: 400 } },
  });

const MISMATCH = mismatch('The hash is not the SHA-256 of the operation.');
const TWO_OPERATIONS = mismatch('The documentId and the hash in extensions.persistedQuery name different operations.');
