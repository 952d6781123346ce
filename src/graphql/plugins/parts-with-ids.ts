import { getOperationAST, Kind } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { GraphQLContext } from '../context.ts';
import { createExpectedParts } from '../incremental/expected-parts.ts';
import { labelParts } from '../incremental/part-labels.ts';
import type { RunningOperation } from '../incremental/part-shapes.ts';
import { createPartsById, type Translation } from '../incremental/parts-by-id.ts';
import type { ResultInParts, ResultWithIds } from '../incremental/result-formats.ts';
import { fragmentsIn } from '../operation/fragments.ts';
import { createMentionIn } from '../operation/mentions.ts';
import { readVariables } from '../operation/variables.ts';
import type { Pace } from '../pace/pace.ts';
import { spendOrYield } from '../pace/spend-or-yield.ts';

const mentionsParts = createMentionIn(Kind.DIRECTIVE, new Set(['defer', 'stream']));

/** A running operation. `labels` maps the unique labels that the executor reports to the labels that the client chose. */
interface Running extends RunningOperation {
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Sends an incremental response in the format in which deferred fragments and streamed lists have ids, if the request accepts this format.
 * All other incremental responses stay in the executor's format of 2022.
 */
export function usePartsWithIds(acceptsIds: (request: Request) => boolean): Plugin<GraphQLContext> {
  const running = new WeakMap<Request, Running>();
  return {
    onExecute({ args }) {
      const { schema, operationName, variableValues, contextValue } = args;
      if (!mentionsParts(args.document) || !acceptsIds(contextValue.request)) return;
      const { document, labels } = labelParts(args.document);
      const operation = getOperationAST(document, operationName);
      const variables = readVariables(schema, operation?.variableDefinitions ?? [], variableValues ?? {});
      if (operation == null || variables === undefined) return;
      args.document = document;
      const fragments = fragmentsIn(document);
      running.set(contextValue.request, { schema, operation, fragments, variables, labels });
    },
    onExecutionResult(payload) {
      const { request, result } = payload;
      const run = running.get(request);
      if (run === undefined || !isAsyncIterable<ResultInParts>(result)) return;
      // Yoga's type of a context lacks the gateway's own fields.
      const { pace } = payload.context as unknown as GraphQLContext;
      const translate = createPartsById(createExpectedParts(run), run.labels);
      payload.setResult(mapToSeveral(result, (part) => translateInTurns(translate(part), pace)) as typeof result);
    },
  };
}

/** The number of steps after which the translation of results waits for the next turn of the event loop, if the operation is large. */
const STEPS_AT_ONCE = 200;

/** The cost of one step of the translation, expressed as the number of response bytes that take the same time to produce. */
const BYTES_OF_STEP = 100;

async function translateInTurns(translation: Translation, pace: Pace): Promise<readonly ResultWithIds[]> {
  for (let steps = 1; ; steps += 1) {
    const { value, done } = translation.next();
    if (done === true) return value;
    // oxlint-disable-next-line no-await-in-loop -- The steps are spread over time on purpose.
    if (steps % STEPS_AT_ONCE === 0) await spendOrYield(pace, STEPS_AT_ONCE * BYTES_OF_STEP);
  }
}

/** Replaces each result of a stream with the results that `map` returns for it. */
function mapToSeveral(
  results: AsyncIterable<ResultInParts>,
  map: (result: ResultInParts) => Promise<readonly ResultWithIds[]>,
): AsyncIterableIterator<ResultWithIds> {
  const iterator = results[Symbol.asyncIterator]();
  let ready: ResultWithIds[] = [];

  async function next(): Promise<IteratorResult<ResultWithIds>> {
    const first = ready.shift();
    if (first !== undefined) return { value: first, done: false };
    const { value, done } = await iterator.next();
    if (done === true) return { value: undefined, done };
    try {
      ready = [...(await map(value))];
    } catch (error) {
      await iterator.return?.();
      throw error;
    }
    return next();
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next,
    async return() {
      await iterator.return?.();
      return { value: undefined, done: true };
    },
  };
}
