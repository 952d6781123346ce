import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin, YogaInitialContext } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import boardOperations from '../board/graphql/persisted-documents.json' with { type: 'json' };
import { PROJECT } from '../project-folder.ts';
import { badRequest } from './mask-error.ts';

/** Operations that are always known, by the SHA-256 of their file, beside those of the board. */
const FOLDER = new URL('operations/clients/', PROJECT);

/** Room for what clients register, in characters: over all, and for one operation. */
const MAX_REGISTERED = 10_000_000;
const MAX_OPERATION = 50_000;

/**
 * Runs operations by their SHA-256, as Apollo's protocol of persisted queries sends it. Clients may register theirs by sending
 * text and hash once; with `persistedOnly`, none but those of operations/clients and of the board are run, and nothing is registered.
 */
export function usePersisted({ persistedOnly }: { readonly persistedOnly: boolean }): readonly Plugin[] {
  const kept = readKept();
  const registered = new LRUCache<string, string>({
    maxSize: MAX_REGISTERED,
    maxEntrySize: MAX_OPERATION,
    sizeCalculation: (text) => text.length + 1,
  });

  /** What is run is a valid operation; no other text is worth keeping. */
  function register({ params }: YogaInitialContext): void {
    const hash = hashIn(params);
    const isOffered = hash !== null && typeof params.query === 'string' && sha256(params.query) === hash;
    if (isOffered && !persistedOnly) registered.set(hash, params.query);
  }

  return [
    {
      onParams({ params }) {
        const hash = hashIn(params);
        if (hash === null || typeof params.query !== 'string' || params.query === '') return;
        if (sha256(params.query) !== hash) throw MISMATCH;
      },
      onExecute: ({ args }) => register(args.contextValue),
      onSubscribe: ({ args }) => register(args.contextValue),
    },
    usePersistedOperations({
      allowArbitraryOperations: !persistedOnly,
      extractPersistedOperationId: hashIn,
      getPersistedOperation: (hash) => kept.get(hash) ?? registered.get(hash) ?? null,
      customErrors: {
        notFound: NOT_FOUND,
        keyNotFound: ({ params }) => (params.query === '' ? EMPTY_OPERATION : NO_OPERATION),
        persistedQueryOnly: PERSISTED_ONLY,
      },
    }),
  ];
}

function readKept(): ReadonlyMap<string, string> {
  const texts = readdirSync(FOLDER).map((file) => readFileSync(new URL(file, FOLDER), 'utf8'));
  const board = Object.entries(boardOperations).map(([id, text]) => [id.replace('sha256:', ''), text] as const);
  return new Map([...texts.map((text) => [sha256(text), text] as const), ...board]);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function hashIn({ extensions }: GraphQLParams): string | null {
  const { sha256Hash } = Object(Object(extensions).persistedQuery) as { readonly sha256Hash?: unknown };
  return typeof sha256Hash === 'string' ? sha256Hash.toLowerCase() : null;
}

/** The message is the one that clients of the protocol wait for; they then send the text. */
const NOT_FOUND = { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } };

const NO_OPERATION = badRequest('Send an operation as "query", or the hash of a persisted one.');
const EMPTY_OPERATION = badRequest('The operation in "query" is empty.');

const PERSISTED_ONLY = {
  message: 'This gateway runs persisted operations alone; send the hash of one, without a text.',
  extensions: { code: 'PERSISTED_QUERY_ONLY' },
};

const MISMATCH = new GraphQLError('The hash is not the SHA-256 of the operation.', {
  extensions: { code: 'PERSISTED_QUERY_HASH_MISMATCH', http: { spec: false, status: 400 } },
});
