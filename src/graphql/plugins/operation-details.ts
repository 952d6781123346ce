import { type DocumentNode, getOperationAST } from 'graphql';
import type { GraphQLParams, Plugin, YogaInitialContext } from 'graphql-yoga';
import { operationHashIn } from './persisted-operations.ts';

/** What the log contains about an operation. */
export interface OperationDetails {
  /** The name of the operation in its document. `undefined` if it has no name. */
  readonly operationName: string | undefined;
  /** The SHA-256 of the operation, in hexadecimal digits. `undefined` if the client sends only the text. */
  readonly operationHash: string | undefined;
}

/** The maximum length of a name that is logged, in characters. A longer name is cut. */
const MAX_NAME = 100;

/**
 * Calls `onDetails` with the name and hash of each operation that could be parsed, whether or not it is valid. The name comes from the
 * document, so it contains only letters, digits and underscores. This plugin must come before the plugins for persisted operations, because
 * they remove the hash.
 */
export function useOperationDetails<ServerContext extends object>(
  onDetails: (context: ServerContext, details: OperationDetails) => void,
): Plugin<object, ServerContext> {
  /**
   * The operation's hash, by request. The hash is read before parsing, because the plugin for persisted operations removes it from the
   * parameters.
   */
  const hashes = new WeakMap<Request, string>();
  return {
    onParams({ request, params }) {
      const hash = operationHashIn(params);
      if (hash !== null) hashes.set(request, hash);
    },
    onParse({ context }) {
      const { params, request } = context as Partial<YogaInitialContext>;
      return ({ result }) => {
        if (params === undefined || request === undefined || !isDocument(result)) return;
        const details = { operationName: nameOf(result, params), operationHash: hashes.get(request) };
        onDetails(context as ServerContext, details);
      };
    },
  };
}

const isDocument = (result: unknown): result is DocumentNode =>
  typeof result === 'object' && result !== null && 'kind' in result;

const nameOf = (document: DocumentNode, { operationName }: GraphQLParams): string | undefined =>
  getOperationAST(document, operationName)?.name?.value.slice(0, MAX_NAME);
