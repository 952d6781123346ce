import { type DocumentNode, type FragmentDefinitionNode, getOperationAST, Kind } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { createExpectedParts, type RunningOperation } from './expected-parts.ts';
import { createMentionIn } from './mentions.ts';
import { createPartsById, type ResultInParts, type ResultWithIds } from './parts-by-id.ts';
import { readVariables } from './variable-values.ts';

const mentionsParts = createMentionIn(Kind.DIRECTIVE, new Set(['defer', 'stream']));

/** Gives parts ids for the requests that want them. All others get the format of 2022, which is the executor's. */
export function usePartsWithIds(wantsIds: (request: Request) => boolean): Plugin {
  const running = new WeakMap<Request, RunningOperation>();
  return {
    onExecute({ args }) {
      const { schema, operationName, variableValues, contextValue } = args;
      const document: DocumentNode = args.document;
      if (!mentionsParts(document) || !wantsIds(contextValue.request)) return;
      const operation = getOperationAST(document, operationName);
      const variables = readVariables(schema, operation?.variableDefinitions ?? [], variableValues ?? {});
      if (operation == null || variables === undefined) return;
      const fragments = new Map<string, FragmentDefinitionNode>();
      for (const node of document.definitions) {
        if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
      }
      running.set(contextValue.request, { schema, operation, fragments, variables });
    },
    onExecutionResult(payload) {
      const { request, result } = payload;
      const run = running.get(request);
      if (run === undefined || !isAsyncIterable<ResultInParts>(result)) return;
      payload.setResult(mapToSeveral(result, createPartsById(createExpectedParts(run))) as typeof result);
    },
  };
}

/** Turns each result into one or more. */
function mapToSeveral(
  results: AsyncIterable<ResultInParts>,
  map: (result: ResultInParts) => readonly ResultWithIds[],
): AsyncIterableIterator<ResultWithIds> {
  const iterator = results[Symbol.asyncIterator]();
  const ready: ResultWithIds[] = [];
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (ready.length === 0) {
        const { value, done } = await iterator.next();
        if (done === true) return { value: undefined, done };
        ready.push(...map(value));
      }
      return { value: ready.shift() as ResultWithIds, done: false };
    },
    async return() {
      await iterator.return?.();
      return { value: undefined, done: true };
    },
  };
}
